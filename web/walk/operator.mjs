// An operator at three in the morning, in the console.

async function view(page, key, title) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
}

export async function signs_in(stage, { name, password, code }) {
    const page = await stage.desk();
    await page.goto(stage.console_url);
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByLabel("Code").fill(code);
    await page.keyboard.press("Enter");
    await page.getByText(`${name} (administer)`).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
}

/** The incident is what he sees first, and the figures of the last minute move. */
export async function sees_trouble(stage) {
    const page = await stage.desk();
    const incident = page.getByRole("region", { name: "Open incident" });
    await incident.getByRole("link", { name: "Open the record" }).waitFor();
    const figure = page.locator(".figures li b").first();
    const before = await figure.textContent();
    await page.waitForFunction((was) => document.querySelector(".figures li b")?.textContent !== was, before);
    await page.locator("table.bands tbody tr").first().waitFor();
    await page.getByRole("region", { name: "The latest refusals" }).locator("tbody a.who").first().waitFor();
    return {
        title: await page.title(),
        said: await incident.textContent(),
        figures: [before, await figure.textContent()],
        flaws: await stage.looked_at(page, "overview"),
    };
}

export async function takes_the_alert(stage, { code }) {
    const page = await stage.desk();
    await view(page, "n", "Now");
    const alerts = page.getByRole("region", { name: "To be taken" });
    const take = alerts.getByRole("button", { name: `Take ${code}` });
    await take.waitFor();
    const flaws = await stage.looked_at(page, "alert");
    await take.click();
    await alerts.getByText(`You have taken ${code}`).waitFor();
    await take.waitFor({ state: "detached" });
    return { flaws };
}

export async function opens_the_record(stage) {
    const page = await stage.desk();
    await view(page, "n", "Now");
    await page.getByRole("region", { name: "Open incident" }).getByRole("link", { name: "Open the record" }).click();
    await page.locator(".timeline li").first().waitFor();
    return { said: await page.locator("main").textContent(), flaws: await stage.looked_at(page, "incident") };
}

/** Of the latest refusals he takes the first one's address, and asks why. */
export async function asks_why(stage) {
    const page = await stage.desk();
    await view(page, "n", "Now");
    const row = page.getByRole("region", { name: "The latest refusals" }).locator("tbody tr").first();
    const address = await row.locator("td:nth-child(3)").textContent();
    await page.keyboard.press("/");
    await page.keyboard.type(address);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: `Why ${address}?` }).waitFor();
    await page.locator("table.evidence").first().waitFor();
    return { address, said: await page.locator("main").textContent(), flaws: await stage.looked_at(page, "why") };
}

export async function sees_networks(stage) {
    const page = await stage.desk();
    await view(page, "w", "Networks");
    await page.locator(".treemap .tile").first().waitFor();
    const names = await page.locator(".treemap .tile title").allTextContents();
    return { networks: names.map((name) => name.split(": ")[0]), flaws: await stage.looked_at(page, "networks") };
}

export async function denies(stage, { network, reason }) {
    const page = await stage.desk();
    await page.getByRole("searchbox").fill(network);
    await page.getByRole("searchbox").press("Enter");
    await page.getByRole("heading", { name: `Why ${network}?` }).waitFor();
    await page.getByLabel("What", { exact: true }).selectOption("deny");
    await page.getByLabel("For how long").fill("12h");
    await page.getByLabel("Why, and for whom").fill(reason);
    await page.getByLabel("All in there are to be refused, customers too").check();
    await page.getByRole("button", { name: "Deny", exact: true }).click();
    await page.getByText(`${network} is always refused until`).waitFor();
    return { flaws: await stage.looked_at(page, "denied") };
}

export async function lifts(stage, { network }) {
    const page = await stage.desk();
    await view(page, "e", "Exceptions");
    await page.getByRole("button", { name: `Lift ${network}` }).click();
    await page.getByRole("dialog", { name: "Lift this exception?" }).getByRole("button", { name: "Lift it" }).click();
    await page.getByText(`Lifted: ${network}.`).waitFor();
}

async function record(stage, id) {
    const page = await stage.desk();
    await page.goto(`${stage.console_url}/#/incidents/${id}`);
    await page.locator(".timeline li").first().waitFor();
    return page;
}

/** A text is drawn from what is measured; he lets it out as it is. */
export async function approves(stage, { id }) {
    const page = await record(stage, id);
    const told = page.getByRole("region", { name: "What customers are told" });
    await told.getByRole("button", { name: "Draw a text from what is measured" }).click();
    await told.getByRole("button", { name: "Let it out" }).waitFor();
    const suggested = await told.locator(".waiting-text blockquote").textContent();
    const flaws = await stage.looked_at(page, "case-suggested");
    await told.getByRole("button", { name: "Let it out" }).click();
    await told.getByText("Customers are told.").waitFor();
    return { suggested, flaws };
}

/** His own words, with a promise. */
export async function tells_customers(stage, { id, text, state, next }) {
    const page = await record(stage, id);
    const told = page.getByRole("region", { name: "What customers are told" });
    await told.getByLabel("Words for customers").fill(text);
    await told.getByLabel("How far is it?").selectOption(state);
    await told.getByLabel("Next update within").fill(next);
    await told.getByRole("button", { name: "Tell customers" }).click();
    await told.getByText("Customers are told.").waitFor();
    await told.getByText(text).first().waitFor();
    return { flaws: await stage.looked_at(page, "case") };
}

export async function closes(stage, { id, reason }) {
    const page = await record(stage, id);
    await page.getByLabel("Why is it over?").fill(reason);
    await page.getByRole("button", { name: "Close the incident" }).click();
    await page.getByRole("heading", { level: 2 }).getByText("closed", { exact: true }).waitFor();
    return { flaws: await stage.looked_at(page, "closed") };
}

export async function drafts_the_post_mortem(stage, { id }) {
    const page = await record(stage, id);
    const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Draft of the post-mortem" }).click(),
    ]);
    const pieces = [];
    for await (const piece of await download.createReadStream()) pieces.push(piece);
    return { name: download.suggestedFilename(), text: Buffer.concat(pieces).toString() };
}

export function faults(stage) {
    return stage.faults();
}
