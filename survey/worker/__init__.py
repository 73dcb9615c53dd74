"""Work for processes of their own, handed over through Redis, where an installation outgrew one process."""
