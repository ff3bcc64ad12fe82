"""An account of the operating system that a person's notebooks run as, as a word for all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """`name` is the owner's slug, which programs may call it by; its group is its own."""

    uid: int
    name: str

    @property
    def gid(self) -> int:
        return self.uid
