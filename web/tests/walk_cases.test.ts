// Cases: words for customers, promises, calls to support, a post-mortem, one opened by hand.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { newWorld } from "../mock/world";
import type { Case } from "../src/api/told";
import { Stand } from "./stand";

let stand: Stand;
before(async () => {
    stand = await Stand.open();
});
after(() => stand.close());
beforeEach(() => {
    stand.daemon.world = newWorld();
    stand.daemon.asked.length = 0;
});

function theCase(id = "2026-08-05-1"): Case {
    const found = stand.daemon.world.cases.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no case ${id}`);
    return found;
}

test("the text that waits is held while it is edited, and goes out as it was edited", async () => {
    const page = await stand.page({ user: "ben" }, "#/incidents/2026-08-05-1");
    const told = page.getByRole("region", { name: "What customers are told" });
    await told.getByRole("button", { name: "Edit it" }).click();
    await told.getByText("It goes out when somebody lets it.").waitFor();
    equal(theCase().updates[1]?.stage, "held");
    const words = told.getByLabel("Words for customers");
    await page.waitForFunction(() => document.querySelector("textarea[name=text]") !== null);
    equal(await words.inputValue(), "A log-in over IMAP takes 4 s instead of 0.3 s.");
    await words.fill("A log-in takes four seconds.");
    await told.getByText("Title, services, what works meanwhile").click();
    await told.getByLabel("Title from now on").fill("Mail programs wait");
    await told.getByLabel("Sending mail").check();
    await told.getByLabel("What customers can do, a line each").fill("Wait.\n\nDo not change anything.");
    await told.getByLabel("Whose notice it is").fill("https://status.example.net/42");
    await told.getByRole("button", { name: "Tell customers" }).click();
    await told.getByText("Customers are told.").waitFor();
    equal(theCase().updates.length, 2, "no third one");
    equal(theCase().updates[1]?.text, "A log-in takes four seconds.");
    equal(theCase().updates[1]?.source, "https://status.example.net/42");
    equal(theCase().title, "Mail programs wait");
    deepEqual(theCase().services, ["imap", "submission"]);
    deepEqual(theCase().steps, ["Wait.", "Do not change anything."]);
    deepEqual(theCase().meanwhile, ["Use webmail: https://webmail.example.org/"], "what was left alone stays");
    equal(await words.inputValue(), "");
    await stand.done(page);
});

test("a template's open places are to be filled in first", async () => {
    const page = await stand.page({ user: "ben" }, "#/incidents/2026-08-05-1");
    const told = page.getByRole("region", { name: "What customers are told" });
    await told.getByLabel("Begin with a template").selectOption("imap");
    await told.getByText("Still to be filled in: {measured}.").waitFor();
    const words = told.getByLabel("Words for customers");
    match(await words.inputValue(), /^Since \d\d:\d\d there is trouble with Reading mail with a mail program \(IMAP\)\. \{measured\}$/);
    equal(await told.getByRole("button", { name: "Tell customers" }).isDisabled(), true);
    await words.fill("Since four there is trouble.");
    await told.getByRole("button", { name: "Tell customers" }).click();
    await told.getByText("Customers are told.").waitFor();
    equal(theCase().title, "Mail programs wait");
    await stand.done(page);
});

test("support drafts words, and somebody else lets them out", async () => {
    const page = await stand.page({ user: "support.1" }, "#/incidents/2026-08-05-1");
    const told = page.getByRole("region", { name: "What customers are told" });
    await told.getByText("Telling customers takes the role act; yours is support.").waitFor();
    await told.getByLabel("Words for customers").fill("Customers say that it is slow.");
    await told.getByRole("button", { name: "Keep it as a draft" }).click();
    await told.getByText("It waits for somebody to let it out.").waitFor();
    await told.locator(".waiting-text").getByText("Customers say that it is slow.").waitFor();
    equal(theCase().updates.at(-1)?.stage, "draft");
    equal(await told.getByRole("button", { name: "Tell customers" }).count(), 0);
    equal(await told.getByRole("button", { name: "Let it out" }).count(), 0);
    await stand.done(page);
});

test("promises, reports and checks", async () => {
    const page = await stand.page({ user: "ben" }, "#/incidents/2026-08-05-1");
    const card = page.getByRole("region", { name: "Promises and checks" });
    await card.getByText("1 overdue").waitFor();
    await card.getByLabel("Promise the next update within").fill("2h");
    await card.getByRole("button", { name: "Promise it" }).click();
    await card.getByText("It is promised.").waitFor();
    equal(theCase().next?.broken, false);
    await card.getByRole("button", { name: "It was made (authority, early warning)" }).click();
    await card.getByText("It is noted as made.").waitFor();
    await card.getByText("1 overdue").waitFor({ state: "detached" });
    await card.getByText("Owe a report").click();
    await card.getByRole("button", { name: "All that are configured" }).click();
    await card.getByText("no [[case_report]] is configured").waitFor();
    await card.getByLabel("To whom, and what").fill("authority, final report");
    await card.getByLabel("Due").fill("30d");
    await card.getByRole("button", { name: "Owe it" }).click();
    await card.getByText("authority, final report", { exact: true }).waitFor();
    await card.getByLabel("Also look at").fill("nobody waits on hold");
    await card.getByRole("button", { name: "Add it" }).click();
    await card.getByText("nobody waits on hold").waitFor();
    await card.getByRole("button", { name: "Done with check 3" }).click();
    await card.getByText("It is ticked off.").waitFor();
    equal(theCase().checks[2]?.who, "ben");
    await stand.done(page);
    const guest = await stand.page({ user: "guest" }, "#/incidents/2026-08-05-1");
    await guest.getByText("Promising takes the role act; yours is look.").waitFor();
    await guest.getByText("Adding to the checks takes the role support; yours is look.").waitFor();
    equal(await guest.getByRole("button", { name: "It was made" }).count(), 0);
    await stand.done(guest);
});

test("calls to support are counted, drawn, and can be read without the drawing", async () => {
    const page = await stand.page({ user: "support.1" }, "#/incidents/2026-08-05-1");
    const card = page.getByRole("region", { name: "Calls to support", exact: true });
    await card.getByText("108 calls in 3 counts; the longest was on hold for 15:00 minutes.").waitFor();
    equal(await card.locator("canvas").count(), 2);
    await card.getByLabel("Calls since the last count").fill("40");
    await card.getByLabel("Seconds on hold, mean").fill("180");
    await card.getByLabel("Seconds on hold, longest").fill("90");
    await card.getByText("The longest is below the mean.").waitFor();
    await card.getByLabel("Seconds on hold, longest").fill("1200");
    await page.keyboard.press("Enter");
    await card.getByText("It is counted.").waitFor();
    await card.getByRole("row", { name: "40 3:00 20:00 support.1" }).waitFor();
    await card.getByText("148 calls in 4 counts; the longest was on hold for 20:00 minutes.").waitFor();
    await stand.done(page);
    const guest = await stand.page({ user: "guest" }, "#/incidents/2026-08-05-1");
    await guest.getByText("Counting calls takes the role support; yours is look.").waitFor();
    await stand.done(guest);
});

test("a post-mortem: drafted, written on over views, kept, and published after a second question", async () => {
    const page = await stand.page({ user: "ben" }, "#/incidents/2026-08-05-1");
    const card = page.getByRole("region", { name: "Post-mortem", exact: true });
    const image = card.getByRole("img", { name: "Log-ins and failed ones by the hour" });
    await image.waitFor();
    ok(await image.evaluate((one: HTMLImageElement) => one.decode().then(() => one.naturalWidth > 0)), "the policy lets it be seen");
    await card.getByRole("button", { name: "Begin with a draft" }).click();
    await card.getByText("2 parts are still to be written").waitFor();
    const text = card.getByLabel("Post-mortem, Markdown");
    await text.fill("# Slow\n\nA disk.\n\n## What we change\n\n(to be written)\n");
    await card.getByText("1 part is still to be written").waitFor();
    await page.getByRole("link", { name: "Servers" }).click();
    await page.getByRole("heading", { level: 1, name: "Servers" }).waitFor();
    await page.goBack();
    match(await text.inputValue(), /A disk\./, "what was begun is still there");
    await card.getByRole("button", { name: "Keep it" }).click();
    await card.getByText("It is kept. It is not public.").waitFor();
    equal(await card.getByRole("button", { name: "Publish it" }).isDisabled(), true);
    await card.getByText("What is still to be written has to be").waitFor();
    await card.getByRole("button", { name: "Write on" }).click();
    await text.fill("# Slow\n\nA disk.\n\n## What we change\n\nThe disk.\n");
    await card.getByText("nothing is left to be written").waitFor();
    await card.getByRole("button", { name: "Keep it" }).click();
    await card.getByText("It can be published once the case is over.").waitFor();
    theCase().over = "2026-08-05T06:00:00Z";
    await card.getByRole("button", { name: "Publish it" }).click();
    const dialog = page.getByRole("dialog", { name: "Publish the post-mortem?" });
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    equal(theCase().post_mortem.published, null, "not without the second answer");
    await card.getByRole("button", { name: "Publish it" }).click();
    await dialog.getByRole("button", { name: "Publish it" }).click();
    await card.getByText("It is public.").waitFor();
    await card.getByText("Public since").waitFor();
    await card.getByRole("button", { name: "Write on" }).click();
    await card.getByText("It is public: what you keep, everybody can read at once.").waitFor();
    await text.fill("(to be written)");
    equal(await card.getByRole("button", { name: "Keep it, public at once" }).isDisabled(), true);
    await card.getByRole("button", { name: "Throw away what I changed" }).click();
    await stand.done(page);
});

test("somebody else's post-mortem is not overwritten unseen", async () => {
    const page = await stand.page({ user: "ben" }, "#/incidents/2026-08-05-1");
    const card = page.getByRole("region", { name: "Post-mortem", exact: true });
    await card.getByRole("button", { name: "Begin with a draft" }).click();
    await card.getByLabel("Post-mortem, Markdown").waitFor();
    theCase().post_mortem = { text: "another", author: "anna", changed: new Date().toISOString(), published: null };
    await card.getByText("wrote another one meanwhile").waitFor();
    await stand.done(page);
});

test("a case is opened by hand, written into, and told of", async () => {
    const page = await stand.page({ user: "ben" }, "#/incidents");
    const card = page.getByRole("region", { name: "Open one by hand" });
    await card.getByLabel("What is it, in a line?").fill("Our supplier's line is cut");
    await card.getByLabel("Reading mail with a mail program").check();
    await card.getByLabel("Why").selectOption("outside");
    await card.getByLabel("It began earlier than now").check();
    await card.getByLabel("It began (").fill("2026-08-05T03:30");
    await card.getByRole("button", { name: "Open a case" }).click();
    await page.getByRole("heading", { level: 2, name: "Our supplier's line is cut" }).waitFor();
    const made = stand.daemon.world.cases.at(-1);
    deepEqual([made?.services, made?.cause, made?.began], [["imap"], "outside", "2026-08-05T01:30:00Z"], "the browser's zone is Vienna's");
    await page.getByRole("textbox", { name: "Write into the case" }).fill("called them");
    await page.getByLabel("It is", { exact: true }).selectOption("action");
    await page.getByRole("button", { name: "Write it down" }).click();
    await page.getByText("It is written down.").waitFor();
    equal(made?.notes[0]?.kind, "action");
    await page.getByText("There is no plot yet").waitFor();
    const told = page.getByRole("region", { name: "What customers are told" });
    await told.getByLabel("Words for customers").fill("A cable is cut.");
    await told.getByLabel("Next update within").fill("1h");
    await told.getByRole("button", { name: "Tell customers" }).click();
    await told.getByText("Customers are told.").waitFor();
    await page.goto(`${stand.daemon.url}/#/incidents`);
    await page
        .getByRole("region", { name: "What customers are told of" })
        .getByRole("row", { name: "Our supplier's line is cut" })
        .waitFor();
    await stand.done(page);
    const guest = await stand.page({ user: "guest" }, "#/incidents");
    await guest.getByText("Opening a case takes the role act; yours is look.").waitFor();
    await stand.done(guest);
});

test("what was done about an incident is written down", async () => {
    const page = await stand.page({ user: "support.1" }, "#/incidents/2026-08-05-1");
    const card = page.getByRole("region", { name: "Notes of the case" });
    await card.getByLabel("What did you do?").fill("told those who called to use webmail");
    await card.getByRole("button", { name: "Write down what was done" }).click();
    await card.locator(".timeline").getByText("told those who called to use webmail").waitFor();
    equal(theCase().notes.at(-1)?.kind, "action");
    await stand.done(page);
});
