"""Liaison 联络: contacts, requests for materials, meetings, experts, and the register of assistance given."""
