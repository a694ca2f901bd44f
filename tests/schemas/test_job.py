"""Jobs as PIMS shows them."""

import pytest

from pims_api.domain.job import Job, JobState, stored_faults
from pims_api.errors import Fault, Subject
from schemas.pims.job import job_object


def failed(*errors: Fault) -> dict[str, object]:
    stored = stored_faults(errors)
    job = Job(1, 7, "export", 0, "Ada", state=JobState.FAILED, errors=stored)
    return job_object(job, ())


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        (
            Fault("syntax", "It is wrong!", place="export/condition"),
            {"code": "syntax", "message": "It is wrong!", "pointer": "/condition"},
        ),
        (
            Fault("unknown_attribute", "There is none!", "colour", place="export/attributes/2"),
            {
                "code": "unknown_attribute",
                "message": "There is none!",
                "attribute": "colour",
                "pointer": "/attributes/2",
            },
        ),
        (
            Fault("forbidden", "Access denied! Making categories needs pim_manager.",
                  place="import/missing", allowed=("pim_manager",)),
            {
                "code": "forbidden",
                "message": "Access denied! createMissing of categories needs pim_manager.",
                "pointer": "/createMissing",
                "allowed": ("pim_manager",),
            },
        ),
        (
            Fault("not_found", "View does not exist!", subject=Subject.VIEW),
            {"code": "not_found", "message": "View does not exist"},
        ),
        (
            Fault("type", "size must be a number!", "size", "/Size", "big", nearest="1", row=3),
            {
                "code": "type", "message": "size must be a number!", "attribute": "size",
                "pointer": "/Size", "value": "big", "nearest": "1", "row": 3,
            },
        ),
    ],
)  # fmt: skip
def test_a_failed_job_tells_its_faults_in_the_words_of_pims(fault, shown):
    told = failed(fault)
    assert (told["error"], told["errors"]) == (shown["message"], [shown])


def test_faults_that_an_older_version_stored_are_told_as_they_were():
    old = {"code": "limit", "message": "Too many!", "pointer": "/attributes"}
    job = Job(1, 7, "export", 0, "Ada", state=JobState.FAILED, errors=[old])
    assert job_object(job, ())["errors"] == [old]
