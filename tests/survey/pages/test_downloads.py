"""Files to save: their names survive the wire, and no browser renders them."""

from flask import Flask

from survey.pages.downloads import download


def test_download__chinese_name__can_be_sent_by_any_server(app: Flask) -> None:
    with app.test_request_context():
        response = download(b"content", "略阳县 反馈.docx", "application/octet-stream")
    header = response.headers["Content-Disposition"]
    assert header.encode("latin-1").startswith(b"attachment;")
    assert "filename*=UTF-8''%E7%95%A5%E9%98%B3%E5%8E%BF%20%E5%8F%8D%E9%A6%88.docx" in header
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_download__name_of_several_lines__is_sent_as_one(app: Flask) -> None:
    with app.test_request_context():
        response = download(b"content", "a\r\nSet-Cookie: x=y.xlsx", "application/octet-stream")
    assert 'filename="a Set-Cookie: x=y.xlsx"' in response.headers["Content-Disposition"]
