"""Audits of a whole ledger: everything stored compared with everything else, and its way onto another machine."""
