"""The instruments, and the only code that reads them. Imports nothing else of this project."""
