// What the operator sees of servers and queues.

/** A queue's card once it says so. */
export async function sees_the_queue(stage, { name, says }) {
    const page = await stage.at("servers");
    const card = page.getByRole("region", { name: `Queue ${name}` });
    await card.locator(".chip", { hasText: says }).waitFor();
    const flaws = await stage.looked_at(page, `queue-${says.replaceAll(" ", "-")}`);
    return { said: await card.textContent(), flaws };
}

/** Each server with its state. */
export async function sees_the_servers(stage, { names }) {
    const page = await stage.at("servers");
    const states = {};
    for (const name of names) states[name] = await page.getByRole("region", { name, exact: true }).locator(".chip").first().textContent();
    return { states, flaws: await stage.looked_at(page, "servers") };
}
