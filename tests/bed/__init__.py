"""The test bed: real MariaDB, Valkey and Chromium, started by the tests that need them and gone with them."""
