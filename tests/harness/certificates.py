# SPDX-License-Identifier: Apache-2.0
"""An authority of a test's own, and what it has signed: PEM files in a folder."""
import datetime

import trustme

LONG_AGO = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=2)


class Authority:
    def __init__(self, folder, name="ca"):
        self.folder = folder
        self.authority = trustme.CA()
        self.file = folder / f"{name}.pem"
        self.authority.cert_pem.write_to_path(self.file)

    def sign(self, name, *hosts, common_name=None, expired=False):
        """(certificate file, key file) named name.pem and name.key."""
        leaf = self.authority.issue_cert(*hosts, common_name=common_name, not_after=LONG_AGO if expired else None,
                                         not_before=LONG_AGO - datetime.timedelta(days=1) if expired else None)
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        key.touch(0o600)
        key.write_bytes(leaf.private_key_pem.bytes())
        return certificate, key
