"""Files from the field without what the device noted beside what is to be seen and heard: where, when, by whom and with what. Pure."""

from collections.abc import Callable, Mapping

from survey.protection import matroska, mp4, ogg, pictures, sound

Cleaner = Callable[[bytes], bytes | None]


def _picture(media_type: str) -> Cleaner:
    return lambda data: pictures.without_notes(data, media_type)


CLEANERS: Mapping[str, Cleaner] = {
    **{media_type: _picture(media_type) for media_type in ("image/jpeg", "image/png", "image/webp", "image/gif")},
    **dict.fromkeys(("video/mp4", "video/3gpp", "audio/mp4"), mp4.without_camera_notes),
    **dict.fromkeys(("video/webm", "audio/webm"), matroska.without_camera_notes),
    "audio/ogg": ogg.without_comments,
    "audio/wav": sound.wav_without_chunks,
    "audio/mpeg": sound.mpeg_without_tags,
    "audio/aac": sound.aac_without_tags,
    "audio/amr": sound.amr_without_tags,
}
"""How each kind of file loses its notes. Other kinds (documents, logs of the way, pictures of rarer kinds) tell what nobody can foresee."""


def has_cleaner(media_type: str) -> bool:
    """Whether files of this kind can be given to somebody who is shown no names and no positions."""
    return media_type in CLEANERS


def without_camera_notes(data: bytes, media_type: str) -> bytes | None:
    """The file without notes; None where its kind or this file cannot be cleaned for certain. `media_type` is what the bytes showed."""
    cleaner = CLEANERS.get(media_type)
    return cleaner(data) if cleaner else None
