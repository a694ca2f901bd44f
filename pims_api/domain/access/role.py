"""Roles: what a user may do. Source: docs/core.md, Roles."""

from dataclasses import dataclass

from pims_api.domain.access.permission import Permission
from pims_api.domain.access.policy import Level

_READING = frozenset(
    {
        Permission.READ,
        Permission.READ_PRODUCTS,
        Permission.READ_DEFINITIONS,
        Permission.READ_ROLES,
    }
)
_DATA = frozenset({Permission.EDIT_PRODUCTS, Permission.DELETE_PRODUCTS, Permission.CHANGE_IN_BULK})
_OF_FLAG: dict[str, frozenset[Permission]] = {
    "types": frozenset(
        {
            Permission.CHANGE_TYPES,
            Permission.DELETE_TYPES,
            Permission.CHANGE_WORKFLOWS,
            Permission.DELETE_WORKFLOWS,
            Permission.CHANGE_CATALOGS,
            Permission.DELETE_CATALOGS,
            Permission.MANAGE_DEFINITIONS,
            Permission.DELETE_DEFINITIONS,
        }
    ),
    "roles": frozenset(
        {
            Permission.CHANGE_ROLES,
            Permission.DELETE_ROLES,
            Permission.MANAGE_KEYS,
            Permission.ADD_KEYS,
            Permission.END_KEYS,
            Permission.CHANGE_OUTLETS,
            Permission.DELETE_OUTLETS,
        }
    ),
    "dimensions": frozenset({Permission.CHANGE_DIMENSIONS, Permission.DELETE_DIMENSIONS}),
    "option_lists": frozenset({Permission.CHANGE_OPTION_LISTS, Permission.DELETE_OPTION_LISTS}),
    "export": frozenset({Permission.EXPORT_PRODUCTS, Permission.EXPORT_FILES}),
    "import": frozenset(
        {
            Permission.IMPORT_PRODUCTS,
            Permission.TRY_IMPORTS,
            Permission.IMPORT_FILES,
            Permission.CHANGE_IN_BULK,
        }
    ),
}
FLAGS = tuple(_OF_FLAG)
_EXPORT_JOBS = frozenset(
    {
        Permission.CHANGE_EXPORT_JOBS,
        Permission.DELETE_EXPORT_JOBS,
        Permission.RUN_EXPORT_JOBS,
    }
)


@dataclass(frozen=True, slots=True)
class TypeLevels:
    """The levels of the attributes of products of one type.

    levels: attribute ids, each with its level. others: the level of all other attributes.
    """

    type_id: int
    levels: tuple[tuple[int, Level], ...] = ()
    others: Level | None = None


@dataclass(frozen=True, slots=True)
class CatalogRights:
    """What a role may do with one catalog. catalog: the id by which callers name it."""

    catalog: str
    view: bool = True
    assign: bool = True


@dataclass(frozen=True, slots=True)
class Role:
    """What the users with a role may do.

    code: its id, which never changes. flags: which of FLAGS it has. built_in: whether every tenant
    has it. edits: whether it may write values at all. types, catalogs: those that the role limits;
    of the others it sees and writes everything.
    """

    id: int
    code: str
    name: str
    description: str = ""
    flags: frozenset[str] = frozenset()
    edits: bool = True
    built_in: bool = False
    deleted: bool = False
    types: tuple[TypeLevels, ...] = ()
    catalogs: tuple[CatalogRights, ...] = ()

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything that the role allows."""
        granted = frozenset[Permission]().union(*(_OF_FLAG[flag] for flag in self.flags))
        if self.edits and "export" in self.flags:
            granted |= _EXPORT_JOBS  # one that writes nothing sets nothing up either
        return granted | _READING | (_DATA if self.edits else frozenset())

    def limits(self, type_id: int) -> tuple[dict[int, Level], Level]:
        """Return the levels of attributes of products of a type, by id, and that of the others."""
        most = Level.WRITE if self.edits else Level.READ
        found = next((one for one in self.types if one.type_id == type_id), TypeLevels(type_id))
        levels = {number: min(level, most) for number, level in found.levels}
        return levels, most if found.others is None else min(found.others, most)

    def level(self, type_id: int, attribute_id: int) -> Level:
        """Return the level of an attribute of products of a type."""
        levels, others = self.limits(type_id)
        return levels.get(attribute_id, others)

    def rights(self, catalog: str) -> CatalogRights:
        """Return what the role may do with a catalog."""
        listed = (one for one in self.catalogs if one.catalog == catalog)
        return next(listed, CatalogRights(catalog, assign=self.edits))


ADMIN = Role(
    -1, "role-admin", "Administrator", "May do everything.", frozenset(FLAGS), built_in=True
)
VIEWER = Role(
    -2,
    "role-viewer",
    "Viewer",
    "Reads everything, writes nothing.",
    frozenset({"export"}),
    edits=False,
    built_in=True,
)
BUILT_IN = {one.code: one for one in (ADMIN, VIEWER)}
"""The roles of every tenant, by their codes."""
