"""What kind of file some bytes are, by their first bytes and never by what the sender says.

Only the types of `SHOWN_MEDIA_TYPES` may ever be shown by a browser inside our pages; everything else is handed over as a download.
"""

OTHER_MEDIA_TYPE = "application/octet-stream"
INFECTED = "application/x-infected; found="
"""How the type of a file begins in which the virus scanner found something, which stands behind: it is kept, and handed to nobody."""
TYPE_LIMIT = 64
"""As long as the columns are that hold types."""
SHOWN_MEDIA_TYPES = frozenset(
    ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm")
    + ("video/mp4", "video/webm", "video/3gpp")
)
FAMILIES = {
    "image": ("image/",),
    "annotate": ("image/",),
    "draw": ("image/",),
    "signature": ("image/",),
    "photo": ("image/",),
    "audio": ("audio/", "video/"),
    "background-audio": ("audio/", "video/"),
    "video": ("video/",),
}
"""The question types that ask for one family of files; every other type (file, audit) takes any file."""
FILE_TYPES = frozenset((*FAMILIES, "file", "audit"))
"""The question types whose answer is the name of a file."""

_HEARD_OR_SEEN = ("audio/", "video/")
_PICTURES = dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "heic", "heif"), ("image/",))
_SOUNDS = ("mp3", "m4a", "aac", "ogg", "oga", "opus", "wav", "amr")
_FILMS = ("mp4", "m4v", "mov", "3gp", "3gpp", "webm", "mkv")
_PACKED = dict.fromkeys(["zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"], ("application/zip",))
ENDINGS = {**_PICTURES, **dict.fromkeys(_SOUNDS + _FILMS, _HEARD_OR_SEEN), **_PACKED, "pdf": ("application/pdf",)}
"""What the bytes of a file have to show whose name ends so."""

_SIGNATURES = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
)
_BRANDS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic"}


def media_type_of(data: bytes) -> str:
    """The media type that the bytes themselves show, or `OTHER_MEDIA_TYPE`; RIFF and ISO containers are told apart by their brand."""
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return _BRANDS.get(brand, "video/3gpp" if brand.startswith(b"3gp") else "video/mp4")
    for offset, signature, media_type in _SIGNATURES:
        if data.startswith(signature, offset) and (offset == 0 or data.startswith(b"RIFF")):
            return media_type
    return OTHER_MEDIA_TYPE


def kept_type(data: bytes, found: str) -> str:
    """The type of a file as it is kept: what its bytes show, or that the virus scanner found something in them."""
    return f"{INFECTED}{found}"[:TYPE_LIMIT] if found else media_type_of(data)


def found_in(media_type: str) -> str:
    """What the virus scanner found in a file of this type; "" for nothing."""
    return media_type.removeprefix(INFECTED) if media_type.startswith(INFECTED) else ""


def suits_question(media_type: str, question_type: str) -> bool:
    """Whether a file of `media_type` may answer a question of `question_type` (an XLSForm type)."""
    return media_type.startswith(FAMILIES.get(question_type, ("",)))


def suits_name(media_type: str, name: str) -> bool:
    """Whether the name of a file ends as its bytes say: what is called a picture is one, and a picture is called one.

    A picture may be of another kind of picture. Names with endings that are not known here may hold what is not known either, or is packed.
    """
    expected = ENDINGS.get(name.rpartition(".")[2].lower(), (OTHER_MEDIA_TYPE, "application/zip"))
    return media_type.startswith(expected)


def is_shown(media_type: str) -> bool:
    """Whether a browser may render the stored file; all other files are sent as downloads."""
    return media_type in SHOWN_MEDIA_TYPES
