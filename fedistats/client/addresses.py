"""Which IP addresses are public. A server found during a crawl is only contacted at these."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# The standard library's `is_global` accepts multicast, site-local, 6to4 and NAT64 of private addresses, and differs between
# versions of Python. So these are the registries themselves: IANA's special-purpose addresses (RFC 6890 and what updates it).
_SPECIAL_V4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network, RFC 791
        "10.0.0.0/8",  # private, RFC 1918
        "100.64.0.0/10",  # shared by carriers, RFC 6598
        "127.0.0.0/8",  # loopback, RFC 1122
        "169.254.0.0/16",  # link-local, RFC 3927: includes the metadata servers of clouds
        "172.16.0.0/12",  # private, RFC 1918
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.0.2.0/24",  # documentation, RFC 5737
        "192.88.99.0/24",  # 6to4 relays, deprecated by RFC 7526
        "192.168.0.0/16",  # private, RFC 1918
        "198.18.0.0/15",  # benchmarks, RFC 2544
        "198.51.100.0/24",  # documentation, RFC 5737
        "203.0.113.0/24",  # documentation, RFC 5737
        "224.0.0.0/4",  # multicast, RFC 5771
        "240.0.0.0/4",  # reserved and broadcast, RFC 1112
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")  # all addresses that were ever assigned, RFC 4291
_SPECIAL_V6 = tuple(
    IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments, RFC 2928: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation, RFC 3849
        "2002::/16",  # 6to4, deprecated by RFC 7526
        "3ffe::/16",  # 6bone, returned by RFC 3701
        "3fff::/20",  # documentation, RFC 9637
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: IPv4 addresses as seen from a network without IPv4


def is_public(ip: str) -> bool:
    """True for an address of the public internet. IPv4 addresses wrapped in IPv6 are unwrapped first; invalid text is not public."""
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address in _NAT64:
            address = IPv4Address(int(address) & 0xFFFFFFFF)
        else:
            return address in _GLOBAL_V6 and not any(address in net for net in _SPECIAL_V6)
    return not any(address in net for net in _SPECIAL_V4)


def is_loopback(ip: str) -> bool:
    """True for a loopback address: what is sent there does not leave this machine."""
    return ip_address(ip).is_loopback
