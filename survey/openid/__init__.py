"""Signing in at a provider of one's organisation (OpenID Connect), beside the password; rights and places stay with this program."""
