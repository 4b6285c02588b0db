"""The Regions of AWS, to tell a typing error from a Region.

botocore knows them better, and takes a second to import; apps that only verify tokens do without it.
A Region that is newer than this list is warned of, and works.
"""

from typing import Final

REGIONS: Final = frozenset(
    [
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-central-1",
        "ca-west-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "cn-north-1",
        "cn-northwest-1",
        "us-gov-east-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-iso-west-1",
        "us-isob-east-1",
        "us-isob-west-1",
        "eu-isoe-west-1",
        "us-isof-east-1",
        "us-isof-south-1",
        "eusc-de-east-1",
    ]
)


def nearest_known(region: str) -> str | None:
    """Return the known Region that is most like one that is not known, or `None` for one that is."""
    if region in REGIONS:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes alone

    return get_close_matches(region, sorted(REGIONS), n=1, cutoff=0.0)[0]
