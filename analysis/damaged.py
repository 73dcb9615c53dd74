"""What libraries raise for files that are damaged, or made to look like what they are not. Only such a file is the fault then."""

import struct
import zipfile
import zlib

from PIL import Image, UnidentifiedImageError

OF_ARCHIVES = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
"""RuntimeError is of parts that need a password or are packed in a way that Python does not know."""
OF_PICTURES = (
    *(UnidentifiedImageError, Image.DecompressionBombError, struct.error, EOFError, OSError, SyntaxError),
    *(ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RuntimeError),
)
"""Pillow lets through what its readers of formats meet on their way; a bomb is a picture that says it is larger than any camera's."""
