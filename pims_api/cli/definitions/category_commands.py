"""pims category: the category tree."""

import click

from pims_api.cli.confirmation import ask_before, dry_run_option, products, yes_option
from pims_api.cli.lazy_group import LazyGroup, Place
from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.session import reading, writing
from pims_api.domain.category import Category, CategoryTree, split_path
from pims_api.domain.suggestion import nearest_path
from pims_api.errors import Fault, NotFound
from pims_api.services.categories.delete import Removal, delete_category
from pims_api.services.categories.write import (
    CategoryWrite,
    add_categories,
    edit_category,
)
from pims_api.storage.unit_of_work import UnitOfWork

_IMPORT = Place(
    "pims_api.cli.files.category_import_command:category_import", "Define them by a file."
)


@click.group("category", cls=LazyGroup, places={"import": _IMPORT})
def category_group() -> None:
    """Categories: the tree in which products are filed. Paths are written "Parent > Child"."""


@category_group.command("add")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.pass_context
def add(ctx: click.Context, paths: tuple[str, ...]) -> None:
    r"""Add categories; ancestors that are missing are made.

    \b
    Example:
      pims category add "Tools > Drills" "Tools > Saws"
    """
    with writing(ctx) as work:
        add_categories(work, [CategoryWrite(path=split_path(path)) for path in paths])
    click.echo(f"Added: {len(paths)}")


@category_group.command("list")
@as_json_option
@click.pass_context
def show(ctx: click.Context, as_json: bool) -> None:
    r"""List the categories, each below its parent.

    \b
    Example:
      pims category list --json
    """
    with reading(ctx) as seen:
        tree = seen.definition.categories
    rows = [_told(tree, one) for one in tree]
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        click.echo(f"{row['id']}  {row['path']}")


@category_group.command("move")
@click.argument("path")
@click.argument("parent", required=False, default="")
@click.pass_context
def move(ctx: click.Context, path: str, parent: str) -> None:
    r"""Move a category, with what is below it, below another one; without PARENT to the top.

    \b
    Example:
      pims category move "Tools > Drills" "Machines"
    """
    above = split_path(parent) if parent.strip() else ()
    with writing(ctx) as work:
        category = _at(work, path)
        _edit(work, category, CategoryWrite(path=(*above, category.name)))


@category_group.command("rename")
@click.argument("path")
@click.argument("name")
@click.pass_context
def rename(ctx: click.Context, path: str, name: str) -> None:
    r"""Give a category another name; products show the new path at once.

    \b
    Example:
      pims category rename "Tools > Drills" "Power drills"
    """
    with writing(ctx) as work:
        _edit(work, _at(work, path), CategoryWrite(name=name.strip()))


@category_group.command("delete")
@click.argument("path")
@click.option(
    "--force", is_flag=True, help="What is below it too; its products go to Uncategorized."
)
@dry_run_option
@yes_option
@click.pass_context
def delete(ctx: click.Context, path: str, force: bool, dry_run: bool, yes: bool) -> None:
    r"""Delete a category that is empty, or one with everything below it.

    It asks before products leave their categories.

    \b
    Example:
      pims category delete "Tools > Saws"
      pims category delete "Tools" --force --yes
    """
    if dry_run or (force and not yes):
        trial = _deleted(ctx, path, force=force, dry_run=True)
        leave = "leaves" if trial.products == 1 else "leave"
        gone = len(trial.category_ids)
        loss = f"{products(trial.products)} {leave} {path} and what is below it: {gone} deleted."
        if dry_run:
            click.echo(loss)
            return
        if trial.products:
            ask_before(loss, yes=yes)
    removal = _deleted(ctx, path, force=force)
    click.echo(f"Deleted: {len(removal.category_ids)}. Products that left: {removal.products}.")


def _deleted(ctx: click.Context, path: str, *, force: bool, dry_run: bool = False) -> Removal:
    with writing(ctx) as work:
        work.dry_run = dry_run
        return delete_category(work, _at(work, path).id, force=force)


def _at(work: UnitOfWork, text: str) -> Category:
    tree, path = work.definition.categories, split_path(text)
    found = tree.find(path)
    if found is None:
        close = nearest_path(path, tree)
        hint = f' Did you mean "{close}"?' if close else ""
        raise NotFound(
            faults=[Fault("not_found", f"Category does not exist!{hint}", nearest=close)]
        )
    return found


def _edit(work: UnitOfWork, category: Category, wanted: CategoryWrite) -> None:
    edited = edit_category(work, category.id, wanted)
    click.echo(f"Now: {work.definition.categories.path_text(edited.id)}")


def _told(tree: CategoryTree, one: Category) -> dict[str, object]:
    return {"id": one.id, "path": tree.path_text(one.id), "order": one.order}
