"""Which hosts events may be posted to."""

from dataclasses import dataclass

from meta_inbox.domain.model.media_rules import MediaHosts


@dataclass(frozen=True, slots=True)
class WebhookHosts:
    """Every host of the public internet; ``names`` are ``host[:port]`` that may have private addresses."""

    names: tuple[str, ...] = ()

    def allow(self, host: str, port: int) -> bool:
        """Whether events may go there, by https."""
        del host, port
        return True

    def trust(self, host: str, port: int) -> bool:
        """Whether the host is named, and so may have a private address, and speak plain http on loopback."""
        return MediaHosts(self.names).trust(host, port)
