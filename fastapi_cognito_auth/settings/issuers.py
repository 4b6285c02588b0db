"""Where a user pool is, and what it calls itself in its tokens: both follow from its id."""


def region_of(user_pool_id: str) -> str:
    """Return the Region that a pool's id begins with: its primary one."""
    return user_pool_id.partition("_")[0]


def original_issuer(user_pool_id: str, dns_suffix: str | None) -> str:
    """Return the original form of a pool's issuer."""
    return f"https://{issuer_hosts(region_of(user_pool_id), dns_suffix)[0]}/{user_pool_id}"


def issuers_of(user_pool_id: str, dns_suffix: str | None) -> frozenset[str]:
    """Return both forms of a pool's issuer: the original, and the updated one that replicas share."""
    hosts = issuer_hosts(region_of(user_pool_id), dns_suffix)
    return frozenset(f"https://{host}/{user_pool_id}" for host in hosts)


def issuer_hosts(region: str, dns_suffix: str | None) -> tuple[str, str]:
    """Return the hosts of both forms in a Region; `None` takes the suffix of its partition."""
    suffix = dns_suffix or _partition_suffix(region)
    return f"cognito-idp.{region}.{suffix}", f"issuer-cognito-idp.{region}.{suffix}"


def _partition_suffix(region: str) -> str:
    if region.startswith("cn-"):
        return "amazonaws.com.cn"
    if region.startswith("eusc-"):
        return "amazonaws.eu"
    return "amazonaws.com"
