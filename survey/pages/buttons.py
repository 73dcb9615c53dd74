"""The form of a button that changes something: its token and nothing else."""

from flask_wtf import FlaskForm


class EmptyForm(FlaskForm):
    """A button with its token."""
