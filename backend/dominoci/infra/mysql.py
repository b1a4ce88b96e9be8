"""How connections to MySQL and MariaDB are made."""

from typing import Any, ClassVar

from pymysql.connections import Connection


class SharingConnection(Connection):
    """PyMySQL reads all certificates that the machine trusts for each connection anew (40 ms, and memory that stays), also where
    no settings ask to verify any. Those connections share what was read once."""

    _unverified: ClassVar[Any] = None

    def _create_ssl_ctx(self, sslp: Any) -> Any:
        make = super()._create_ssl_ctx  # type: ignore[misc]
        if sslp:
            return make(sslp)
        if SharingConnection._unverified is None:
            SharingConnection._unverified = make(sslp)
        return SharingConnection._unverified


def connect(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> SharingConnection:
    """For SQLAlchemy's event `do_connect`."""
    return SharingConnection(*arguments, **options)
