"""Pictures, sound and films that belong to a questionnaire's texts: where they stand on the page, and which file each language has.

The browser draws them from the plan, because only it knows the language on the screen.
"""

from collections.abc import Mapping

from markupsafe import Markup

from questionnaires.model import Questionnaire, Text, text_in

MEDIA = ("image", "big-image", "audio", "video")


def media_place(media: Mapping[str, Text], key: str, name: str) -> Markup:
    """The empty element, of class `name`, that the browser draws the media of the text `key` into; "" when the text has none."""
    return Markup('<span class="{}" data-m="{}"></span>').format(name, key) if set(media) & set(MEDIA) else Markup("")


def questionnaire_media(questionnaire: Questionnaire) -> dict[str, dict[str, list[str]]]:
    """The file names of every text that has any, by the text's key and medium, one for each language in the form's order."""
    found: dict[str, Mapping[str, Text]] = {f"{node.path}:label": node.media for node in questionnaire.walk() if node.media}
    for name, choices in questionnaire.choices.items():
        found.update({f"{name}-{number}": choice.media for number, choice in enumerate(choices) if choice.media})
    languages = [language.name for language in questionnaire.languages]
    return {
        key: {medium: [text_in(media[medium], language) for language in languages] for medium in MEDIA if media.get(medium)}
        for key, media in found.items()
    }
