"""What a call of a route is, and what the members of its body may be."""

import dataclasses

# What a member of a body may be.


@dataclasses.dataclass(frozen=True)
class Text:
    bytes_max: int = None
    required: bool = False	# absent and null are refused
    empty: bool = True		# "" is fine
    nul: bool = False		# U+0000 is fine


@dataclasses.dataclass(frozen=True)
class Integer:
    low: int
    high: int


@dataclasses.dataclass(frozen=True)
class Boolean:
    pass


@dataclasses.dataclass(frozen=True)
class Texts:
    """An object whose values are texts."""


@dataclasses.dataclass(frozen=True)
class Words:
    """An array of certain words."""


@dataclasses.dataclass(frozen=True)
class Names:
    """An array of streams' names."""


@dataclasses.dataclass(frozen=True)
class Arguments:
    """An array of strings and numbers."""


@dataclasses.dataclass(frozen=True)
class Ids:
    """An array of strings, one at least, none of them blank."""
    required: bool = True


@dataclasses.dataclass(frozen=True)
class Values:
    """An object of anything but null, with one member at least."""
    required: bool = True


@dataclasses.dataclass(frozen=True)
class Digits:
    """An integer that its command reads: of any size."""


@dataclasses.dataclass(frozen=True)
class Scalar:
    """A string or a number."""
    required: bool = True


@dataclasses.dataclass(frozen=True)
class Objects:
    """An array of objects."""
    members: dict


@dataclasses.dataclass
class Made:
    """One call that will succeed, once."""
    path: str
    body: object = None
    topic: str = ""		# what a grant must match: begins with "topic-"


@dataclasses.dataclass(frozen=True)
class Call:
    status: int
    make: object		# from a Context to a Made
    grants: tuple = ()		# the actions that suffice; "": any user
    members: dict = None	# of the body; None: there is none
    body_optional: bool = False
    any_query: bool = False	# parameters are not looked at
    any_body: bool = False	# it is data
    any_type: bool = False	# Content-Type is not looked at
