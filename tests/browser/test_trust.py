"""The trust page and the way to a report, in a browser: keeper, controller, visitor (B10, A23)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.desk import Desk, axe
from tests.journeys import trust_stage as stage

PDF = b"%PDF-1.7 a report of nothing\n%%EOF\n"
TEXT = "On 3 May a disk failed. No data of anybody was read."


@pytest.mark.parametrize("script", [True, False])
def test_a_visitor_gets_one_copy(desk: Desk, script: bool) -> None:  # noqa: FBT001 - pytest's way
    """Signed in a form, released by esra, taken once; a second try and a wrong code are refused."""
    world = desk.world
    stage.staffed(world)
    esra = world.line("esra")  # her key ends with her first password, in the next test
    paper = esra.attest(stage.paper(world), stage.REPORT).attestation
    esra.publish_fact("nda", text=stage.NDA, until=stage.day(world, 90))
    with desk.seat(java_script_enabled=script) as page:
        page.goto("/trust/ask")
        if script:
            assert axe(page) == []
        page.get_by_label("Number of the paper").fill(paper)
        page.get_by_label("Your full name", exact=True).fill(stage.NAME)
        page.get_by_label("Your company").fill(stage.FIRM)
        page.get_by_label("Work e-mail").fill(stage.MAIL)
        page.get_by_label("Your full name again").fill(stage.NAME)
        page.get_by_label("I accept").check()
        page.get_by_role("button", name="Sign and ask").click()
        request = page.locator(".notice code").inner_text()
        code = esra.release_report(request).code
        page.goto("/trust/take")
        page.get_by_label("Number of your request").fill(request)
        page.get_by_label("Code").fill("nd_" + "0" * 40)
        page.get_by_role("button", name="Take it").click()
        page.get_by_text("That code opens nothing").wait_for()
        page.get_by_label("Number of your request").fill(request)
        page.get_by_label("Code").fill(code)
        with page.expect_download() as download:
            page.get_by_role("button", name="Take it").click()
        data = download.value.path().read_bytes()
        assert data.startswith(b"age-encryption.org/v1")
        assert download.value.suggested_filename == "report.age"
        assert code not in page.url


def test_keeper_controller_and_public(desk: Desk) -> None:
    """Esra publishes a contact and drafts; clara approves; the public reads both without script."""
    world = desk.world
    stage.staffed(world)
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        page.get_by_role("link", name="Trust", exact=True).click()
        form = page.locator("form:has(button:text('Publish contact'))")
        form.get_by_label("Name").fill("Security <b>desk</b>")
        form.get_by_label("E-mail").fill("security@harborline.example")
        form.get_by_label("To be looked at again by").fill(stage.day(world, 90))
        form.get_by_role("button").click()
        page.get_by_role("cell", name="Security <b>desk</b>", exact=True).wait_for()
        form = page.locator("form:has(button:text('Draft'))")
        form.get_by_label("Text").fill(TEXT)
        form.get_by_label("Controllers concerned").fill("acme")
        form.get_by_label("May be said until").fill(stage.day(world, 60))
        form.get_by_role("button").click()
        page.get_by_text("approvals missing: 1 of 1").wait_for()
        assert page.get_by_role("button", name="Publish", exact=True).count() == 0
        assert axe(page) == []
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto("/console/at/acme/statements")
        assert axe(page) == []
        page.get_by_role("button", name="Approve these words").click()
        page.get_by_text("approved by you").first.wait_for()
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        page.goto("/console/trust")
        page.get_by_role("button", name="Publish", exact=True).click()
        page.get_by_text("published").first.wait_for()
    for scheme in ("light", "dark"):
        with desk.seat(color_scheme=scheme) as page:
            page.goto("/trust")
            page.get_by_text(TEXT).wait_for()
            page.get_by_text("Security <b>desk</b>").wait_for()
            assert axe(page) == []
            page.set_viewport_size({"width": 380, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 380
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert colour == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[scheme]
            assert page.context.cookies() == []
    with desk.seat(java_script_enabled=False) as page:
        page.goto("/trust")
        assert TEXT in page.inner_text("main")


def test_a_paper_is_registered_with_its_file(desk: Desk, tmp_path: Path) -> None:
    """Esra chooses a PDF; what is none is told on the page; the paper stands in the register."""
    world = desk.world
    stage.staffed(world)
    fields = (
        ("Standard", "SOC 2"), ("Issued by", "Larkmere Auditors LLP"), ("Scope", "The platform"),
        ("For (legal name)", "Harborline Payments, Inc."),
        ("Period from", stage.day(world, -200)), ("Period to", stage.day(world, -20)),
        ("Valid until", stage.day(world, 300)),
    )  # fmt: skip
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        page.goto("/console/trust")
        for data in (b"MZ a program\n%%EOF", PDF):
            form = page.locator("form:has(button:text-is('Register'))")
            for label, text in fields:
                form.get_by_label(label).fill(text)
            form.get_by_label("The paper itself").set_input_files(
                {"name": "SOC 2.pdf", "mimeType": "application/pdf", "buffer": data}
            )
            form.get_by_label("Keep it, sealed").check()
            form.get_by_role("button", name="Register").click()
            if data != PDF:
                page.get_by_role("alert").get_by_text("report.pdf").wait_for()
        page.get_by_role("cell", name="Larkmere Auditors LLP", exact=True).wait_for()
        assert axe(page) == []
        page.screenshot(path=tmp_path / "trust.png", full_page=True)
