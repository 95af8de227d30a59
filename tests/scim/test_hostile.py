"""A provider in wrong hands, and words made to do harm: refused by name, nothing changed."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bailee.app.scim_models import read_patch, read_resource, read_search, understood, written
from bailee.errors import Failure
from bailee.web.scim import ROUTES
from tests.journeys.world import ACME, PAYMENT, World, code_of
from tests.scim.world import GROUP, HERE, MEDIA, PATCH, USER, Provider, provider, speak

T = TypeVar("T")
PIECES = st.sampled_from(
    [
        "userName", "externalId", "emails", "members", "value", "eq", "ne", "co", "sw", "gt", "pr",
        "and", "or", "not", "(", ")", "[", "]", '"', "'", "\\", '"a"', "true", "null", "1", "-1e9",
        ".", ":", " ", "$ref", "urn:ietf:params:scim:schemas:core:2.0:User", USER, HERE, "%", ";",
        "--", "' OR '1'='1", "\x00", "\ud7ff", "é", "password", "meta.version", "id", "*", "/",
    ]
)  # fmt: skip
WORDS = st.lists(PIECES, max_size=14).map(" ".join) | st.lists(PIECES, max_size=9).map("".join)
SOMEBODY = read_resource(
    "Users",
    {"schemas": [USER], "userName": "a", "emails": [{"value": "a@b.example", "type": "work"}]},
    new=True,
)


def refusal(read: Callable[[], T]) -> tuple[str, T | None]:
    """Return with what words something was refused, or what was read."""
    try:
        return "", read()
    except Failure as failure:
        return f"{failure.code}: {failure.says} {failure.do}", None


def errors(answer: httpx2.Response) -> tuple[int, str]:
    """Return status and code of a refusal, having seen that it is SCIM's own shape."""
    assert answer.headers["content-type"] == MEDIA
    said = answer.json()
    assert said["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert said["status"] == str(answer.status_code)
    return answer.status_code, said["detail"].partition(":")[0]


@given(WORDS)
@settings(max_examples=400, deadline=None)
def test_any_filter_is_understood_or_refused(text: str) -> None:
    """A filter of whatever pieces answers yes or no, or is refused by a code of ours."""
    refused, request = refusal(
        lambda: read_search(("Users", "Groups"), {"filter": text, "sortBy": text})
    )
    if request is None or request.filter is None:
        assert refused.startswith("scim.")
        assert "OR '1'" not in refused
        return
    matches = request.filter.match
    assert understood(lambda: matches(SOMEBODY)) in {True, False}
    understood(lambda: request.sort([SOMEBODY, SOMEBODY]))
    written(SOMEBODY, request)


@given(WORDS, st.sampled_from(["add", "remove", "replace", "Replace", "move"]), st.data())
@settings(max_examples=400, deadline=None)
def test_any_patch_is_applied_or_refused(path: str, op: str, data: st.DataObject) -> None:
    """A patch of whatever path and value changes what may be changed, or is refused by a code."""
    leaves = st.none() | st.booleans() | st.integers() | PIECES
    value = data.draw(
        st.recursive(
            leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PIECES, inner)
        )
    )
    one = read_resource("Users", {"schemas": [USER], "userName": "a"}, new=True)
    operation = {"op": op, "path": path, "value": value}
    said = {"schemas": [PATCH], "Operations": [operation]}
    refused, patch = refusal(lambda: read_patch("Users", said))
    if patch is not None:
        refused, _ = refusal(lambda: understood(lambda: patch.patch(one)))
    assert not refused or refused.startswith("scim.")
    assert one.id is None
    assert one.meta is None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + 'userName eq "a"' + ")" * 500,
        "not " * 400 + 'userName eq "a"',
        'userName eq "a" and ' * 400 + 'userName eq "a"',
        'userName eq "' + "a" * 100_000 + '"',
        "emails[" * 200,
        'userName co "\\' + '\\"' * 300,
    ],
)
def test_a_filter_made_to_keep_a_parser_busy(text: str, idp: Provider) -> None:
    """Deep, long and repeated filters end before the parser, in the address and in a body."""
    body = {"schemas": [], "filter": text}
    assert errors(idp.say("POST", "/Users/.search", body))[0] in {400, 413}
    answer = idp.http.get("/scim/v2/Users", params={"filter": text[:9000]})
    assert errors(answer)[0] in {400, 413, 414}


def test_a_filter_cannot_reach_the_database(idp: Provider) -> None:
    """Quotes, comments and wildcards of SQL are a name that nobody has."""
    idp.make("quiet")
    for text in ("x' OR '1'='1", 'x") --', "%", "_", "x'; DROP TABLE scim_user; --"):
        quoted = json.dumps(text)
        found = idp.say("POST", "/Users/.search", {"filter": f"userName eq {quoted}"})
        assert found.json()["totalResults"] == 0
        found = idp.say("POST", "/Users/.search", {"filter": f"externalId eq {quoted}"})
        assert found.json()["totalResults"] == 0
    assert idp.say("GET", "/Users").json()["totalResults"] >= 1


def test_lists_are_paged_and_bounded(idp: Provider) -> None:
    """Whatever is asked for, one answer holds two hundred at most, from the place asked for."""
    for number in range(5):
        idp.make(f"page{number}")
    total = idp.say("GET", "/Users").json()["totalResults"]
    page = idp.http.get("/scim/v2/Users?startIndex=2&count=3").json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (total, 2, 3)
    assert idp.http.get("/scim/v2/Users?count=0").json().get("Resources") == []
    assert idp.http.get("/scim/v2/Users?count=1000000000").json()["itemsPerPage"] <= 200
    for bad in ("count=x", "startIndex=1e9", "count=99999999999999999999999"):
        answer = idp.http.get(f"/scim/v2/Users?{bad}")
        assert answer.status_code in {200, 400}
    beyond = idp.http.get("/scim/v2/Users?startIndex=2147483647").json()
    assert beyond["Resources"] == []
    far = idp.http.get("/scim/v2/Users?startIndex=9223372036854775808")
    assert far.status_code in {200, 400}


@pytest.mark.parametrize(
    "query",
    [
        "name=Marigold",
        "filter=a&filter=b",
        "filter",
        "&&",
        "access_token=bk_x",
        "a" * 3000,
        "%ff=1",
    ],
)  # fmt: skip
def test_an_address_takes_scims_own_parameters_alone(query: str, idp: Provider) -> None:
    """Any other parameter, a repeated one, or too long a query is refused, and not repeated."""
    status, code = errors(idp.http.get(f"/scim/v2/Users?{query}"))
    assert (status, code) in {(400, "url.query_refused"), (414, "url.too_long")}


@pytest.mark.parametrize(
    "path", ["/v1/people", "/v1/limits", "/openapi.json", "/scim", "/scimx/v2"]
)
def test_no_other_address_takes_a_query(path: str, idp: Provider) -> None:
    """A query outside of SCIM's own part is refused unread, as before (C3.2)."""
    answer = idp.http.get(f"{path}?filter=userName")
    assert answer.status_code == 422
    assert answer.json()["code"] == "url.query_refused"


def test_no_name_reaches_a_log_line(idp: Provider, caplog: pytest.LogCaptureFixture) -> None:
    """What an address asks for, and what a body says, stands in no line that is written."""
    caplog.set_level(logging.DEBUG)
    secret = "Quillon.Marchbanks"
    idp.make(secret)
    idp.http.get("/scim/v2/Users", params={"filter": f'userName eq "{secret}@harborline.example"'})
    idp.http.get("/scim/v2/Users", params={"filter": f'{secret} eq "{secret}"'})
    idp.say("GET", f"/Users/{secret}")
    lines = [one.getMessage() for one in caplog.records if not one.name.startswith("http")]
    assert any("/scim/v2/Users" in one for one in lines)
    assert not [one for one in lines if secret.lower() in one.lower()]


@pytest.mark.parametrize(
    "path",
    [
        "/Users/..%2f..%2fv1%2fpeople", "/Users/../../v1/people", "/Users/%00", "/Users/a%2Fb",
        "/Users/" + "a" * 65, "/Users/;drop", "/Groups/..", "/Schemas/../../etc", "/Nothing",
        "/Users/x/y",
    ],
)  # fmt: skip
def test_no_id_leads_elsewhere(path: str, idp: Provider) -> None:
    """An id that is none of ours is nothing at all."""
    request = httpx2.Request("GET", f"http://localhost/scim/v2{path}")
    answer = idp.http.get(request.url, headers={"accept": MEDIA})
    assert answer.status_code in {403, 404}


def test_what_is_not_the_providers_to_say_is_not_taken(idp: Provider) -> None:
    """Id, meta and groups in a body change nothing; in a patch they are refused."""
    group = idp.group("Mass assignment")
    made = idp.make(
        "mass",
        id="0" * 32,
        meta={"resourceType": "Group", "version": 'W/"99"', "location": "https://evil.example"},
        groups=[{"value": group}],
        principal=idp.world.ids["ada"],
        version=9,
    )
    assert made["id"] != "0" * 32
    assert made["meta"]["version"] == 'W/"1"'
    assert "groups" not in made
    assert "members" not in idp.say("GET", f"/Groups/{group}").json()
    again = {
        "schemas": [USER],
        "userName": "mass.two",
        "id": "1" * 32,
        "groups": [{"value": group}],
    }
    put = idp.say("PUT", f"/Users/{made['id']}", again).json()
    assert put["id"] == made["id"]
    assert "groups" not in put
    for path, value in (("id", "x"), ("groups", [{"value": group}]), ("meta.version", "x")):
        answer = idp.patch(f"/Users/{made['id']}", {"op": "replace", "path": path, "value": value})
        assert errors(answer) == (400, "scim.mutability")
        assert answer.json()["scimType"] == "mutability"


@pytest.mark.parametrize(
    "said",
    [
        {"password": "hunter2"},
        {"Password": "hunter2"},
        {f"{USER}:password": "hunter2"},
        {"name": {"password": "hunter2"}},
    ],
)
def test_no_password_is_taken(said: dict[str, Any], idp: Provider) -> None:
    """A password is refused wherever it stands, and nothing is made or changed."""
    body = {"schemas": [USER], "userName": "pass@word.example", **said}
    assert errors(idp.say("POST", "/Users", body)) == (403, "scim.password")
    user = idp.make(f"pw{len(idp.users)}")["id"]
    assert errors(idp.say("PUT", f"/Users/{user}", body)) == (403, "scim.password")
    for operation in (
        {"op": "add", "path": "password", "value": "hunter2"},
        {"op": "replace", "path": f"{USER}:PASSWORD", "value": "hunter2"},
        {"op": "add", "value": said},
    ):
        assert errors(idp.patch(f"/Users/{user}", operation)) == (403, "scim.password")
    assert idp.say("GET", f"/Users/{user}").json()["meta"]["version"] == 'W/"1"'


def test_a_patch_is_all_or_nothing_and_bounded(idp: Provider) -> None:
    """A patch whose last step fails changes nothing; a bomb of steps is refused unread."""
    user = idp.make("bomb")["id"]
    good = {"op": "add", "path": "displayName", "value": "changed"}
    bad = {"op": "replace", "path": "id", "value": "x"}
    assert idp.patch(f"/Users/{user}", good, bad).status_code == 400
    shown = idp.say("GET", f"/Users/{user}").json()
    assert "displayName" not in shown
    assert errors(idp.patch(f"/Users/{user}", *[good] * 101)) == (413, "scim.operations")
    emails = [{"value": f"{n}@x.example"} for n in range(2000)]
    bomb = {"op": "add", "path": "emails", "value": emails}
    assert errors(idp.patch(f"/Users/{user}", bomb)) == (413, "scim.body")
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    nested = {"op": "add", "path": "emails", "value": deep}
    assert errors(idp.patch(f"/Users/{user}", nested)) == (413, "body.too_deep")
    members = [{"value": f"{n:032x}"} for n in range(5001)]
    body = {"schemas": [GROUP], "displayName": "Crowd", "members": members}
    assert errors(idp.say("POST", "/Groups", body))[0] == 413
    twice = b'{"schemas":[],"userName":"a","userName":"b"}'
    answer = idp.http.post("/scim/v2/Users", content=twice, headers={"content-type": MEDIA})
    assert errors(answer) == (400, "body.repeated_member")


def test_groups_hold_users_alone(idp: Provider) -> None:
    """A group, a stranger or a principal's id is no member, and nothing is changed."""
    inner = idp.group("Inner")
    for member in (inner, "f" * 32, idp.world.ids["bram"], ""):
        body = {"schemas": [GROUP], "displayName": "Outer", "members": [{"value": member}]}
        assert errors(idp.say("POST", "/Groups", body)) == (400, "scim.member")
    assert (
        idp.http.get("/scim/v2/Groups", params={"filter": 'displayName eq "Outer"'}).json()[
            "totalResults"
        ]
        == 0
    )


def test_markup_in_a_name_is_a_name(idp: Provider) -> None:
    """Whatever a name holds comes back as JSON that nothing renders; control characters do not."""
    name = "<script>alert(1)</script>"
    made = idp.make("markup", displayName=name)
    answer = idp.say("GET", f"/Users/{made['id']}")
    assert answer.json()["displayName"] == name
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == MEDIA
    for bad in ("a\nb", "a\u202eb", " a", "a\u2028b", ""):
        body = {"schemas": [USER], "userName": bad}
        assert errors(idp.say("POST", "/Users", body))[0] == 400


def test_two_writers_of_one_name(idp: Provider) -> None:
    """Of many who make one user name at one moment, one does; the others are told it is taken."""
    codes: list[int] = []
    names = ("race@harborline.example", "RACE@Harborline.example")

    def write(name: str) -> None:
        body = {"schemas": [USER], "userName": name}
        codes.append(idp.say("POST", "/Users", body).status_code)

    threads = [threading.Thread(target=write, args=(names[n % 2],)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(codes) == [201] + [409] * 7


@pytest.mark.parametrize("who", ["importer", "payout", "ada", "bram", "clara", "esra"])
def test_the_key_of_anybody_else_speaks_for_nobody(who: str, idp: Provider) -> None:
    """Neither another service nor a person, not even the administrator, speaks SCIM."""
    world: World = idp.world
    with httpx2.Client(
        transport=world.transport(),
        base_url="http://localhost",
        headers={"authorization": f"Bearer {world.keys[who]}"},
    ) as http:
        other = Provider(world, http)
        user = idp.make(f"mine.{who}")["id"]
        tried = [
            other.say("GET", "/Users"),
            other.say("GET", f"/Users/{user}"),
            other.say("POST", "/Users", {"schemas": [USER], "userName": "x"}),
            other.say("PUT", f"/Users/{user}", {"schemas": [USER], "userName": "x"}),
            other.patch(f"/Users/{user}", {"op": "replace", "value": {"active": False}}),
            other.say("DELETE", f"/Users/{user}"),
            other.say("POST", "/Groups", {"schemas": [GROUP], "displayName": "x"}),
            other.say("POST", "/.search", {}),
            other.say("GET", "/Schemas"),
            other.say("GET", "/ServiceProviderConfig"),
        ]
        assert {errors(one) for one in tried} == {(403, "grant.missing")}
    assert idp.say("GET", f"/Users/{user}").json()["active"] is True


def test_without_a_key_nothing_is_said(idp: Provider) -> None:
    """No key, a wrong one or one that was revoked: 401 in SCIM's own shape."""
    world = idp.world
    with provider(world) as other:
        mine = world.line("ada").list_people().people[-1].principal
        assert other.say("GET", "/Users").status_code == 200
        world.line("ada").leave(mine)
        assert errors(other.say("GET", "/Users")) == (401, "credential.principal_left")
    for head in ({}, {"authorization": "Bearer bk_nothing"}, {"authorization": "Basic eDp5"}):
        with httpx2.Client(
            transport=world.transport(), base_url="http://localhost", headers=head
        ) as http:
            assert errors(http.get("/scim/v2/Users?filter=x"))[0] == 401
            for row in ROUTES:
                path = row.path.replace("{id}", "a1").replace("{urn}", "User")
                answer = http.request(row.method, path, json={} if row.opened else None)
                assert errors(answer)[0] == 401, row.name


def test_a_provider_without_its_right_reads_nothing(idp: Provider) -> None:
    """With the grant revoked the key still opens the door, and nothing behind it."""
    world = idp.world
    key = speak(world)
    ada = world.line("ada")
    service = ada.list_people().people[-1].principal
    (held,) = [one for one in ada.list_grants("house").grants if one.principal == service]
    ada.revoke_grant("house", held.grant)
    with httpx2.Client(
        transport=world.transport(),
        base_url="http://localhost",
        headers={"authorization": f"Bearer {key}"},
    ) as http:
        assert errors(http.get("/scim/v2/Users")) == (403, "grant.missing")
    assert code_of(lambda: ada.reveal(ACME, PAYMENT, ["person.name"], records=["x"])) != "done"
