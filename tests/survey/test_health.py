"""Whether the service says that it is well."""

from flask.testing import FlaskClient


def test_health__database_answers__is_ok_as_json(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok", "demo": False}
