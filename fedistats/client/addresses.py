"""Which addresses are public: the only ones that a stranger's name may lead us to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# The standard library's `is_global` passes multicast, site-local, 6to4 and NAT64 of private addresses, and differs between
# versions of Python. So the registries themselves: IANA's special-purpose addresses (RFC 6890 and what updates it).
_CLOSED_V4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network, RFC 791
        "10.0.0.0/8",  # private, RFC 1918
        "100.64.0.0/10",  # shared by carriers, RFC 6598
        "127.0.0.0/8",  # loopback, RFC 1122
        "169.254.0.0/16",  # link-local, RFC 3927: cloud metadata lives here
        "172.16.0.0/12",  # private, RFC 1918
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.0.2.0/24",  # documentation, RFC 5737
        "192.88.99.0/24",  # 6to4 relays, given up by RFC 7526
        "192.168.0.0/16",  # private, RFC 1918
        "198.18.0.0/15",  # benchmarks, RFC 2544
        "198.51.100.0/24",  # documentation, RFC 5737
        "203.0.113.0/24",  # documentation, RFC 5737
        "224.0.0.0/4",  # multicast, RFC 5771
        "240.0.0.0/4",  # reserved and broadcast, RFC 1112
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")  # all that was ever given out, RFC 4291
_CLOSED_V6 = tuple(
    IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments, RFC 2928: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation, RFC 3849
        "2002::/16",  # 6to4, given up by RFC 7526
        "3ffe::/16",  # 6bone, given back by RFC 3701
        "3fff::/20",  # documentation, RFC 9637
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how a network without IPv4 sees all of IPv4


def public_address(ip: str) -> bool:
    """Is it an address of the public internet? IPv4 addresses that are wrapped in IPv6 are unwrapped first; nonsense is not public."""
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
            return address in _GLOBAL_V6 and not any(address in net for net in _CLOSED_V6)
    return not any(address in net for net in _CLOSED_V4)


def on_this_machine(ip: str) -> bool:
    """Is it a loopback address? What is sent there, nobody else can read."""
    return ip_address(ip).is_loopback
