"""Mail in: the guarded child that reads raw mails."""
