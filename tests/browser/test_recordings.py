"""Sound and film without notes of the device play in a browser as they did with them."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from survey.intake.media import media_type_of
from survey.protection.camera_notes import without_camera_notes

pytestmark = pytest.mark.soak

RECORDINGS = Path(__file__).parents[1] / "survey" / "protection" / "recordings"
HEARD = ("film.mp4", "fragments.mp4", "film.webm", "opus.ogg", "sound.mp3", "sound.aac")
SEEN = ("film.mp4", "film.mov", "fragments.mp4", "film.webm")
PLAYED = """async ([data, type, isSeen]) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  if (!isSeen) {
    const sound = await new OfflineAudioContext(1, 1, 44100).decodeAudioData(bytes.buffer);
    return [sound.length, sound.getChannelData(0).reduce((sum, each) => sum + each * each, 0)];
  }
  const film = document.createElement("video");
  film.muted = true;
  film.src = URL.createObjectURL(new Blob([bytes], { type }));
  const told = (name) => new Promise((resolve, reject) => {
    film.addEventListener(name, resolve, { once: true });
    film.addEventListener("error", () => reject(film.error.message), { once: true });
  });
  await told("loadeddata");
  const canvas = Object.assign(document.createElement("canvas"), { width: film.videoWidth, height: film.videoHeight });
  const brightness = [];
  for (const moment of [0.05, 0.35]) {
    const sought = told("seeked");
    film.currentTime = moment;
    await sought;
    canvas.getContext("2d").drawImage(film, 0, 0);
    brightness.push(canvas.getContext("2d").getImageData(32, 24, 1, 1).data[0]);
  }
  return [film.videoWidth, film.videoHeight, film.duration, ...brightness];
}"""


@pytest.mark.parametrize(("name", "is_seen"), [*((name, False) for name in HEARD), *((name, True) for name in SEEN)])
def test_recording__without_its_notes__is_seen_and_heard_as_before(browser: Browser, name: str, is_seen: bool) -> None:
    data = (RECORDINGS / name).read_bytes()
    kind = media_type_of(data)
    bare = without_camera_notes(data, kind)
    assert bare is not None
    page = browser.new_page()

    def played(file: bytes) -> Any:
        return page.evaluate(PLAYED, [b64encode(file).decode(), kind, is_seen])

    before = played(data)
    assert played(bare) == before
    if is_seen:
        assert before[:2] == [64, 48]
        assert before[4] > before[3], "the squares become brighter"
    else:
        assert before[1] > 0
    page.close()
