// The browser's part of tests/e2e/walk_test.py: node walk/main.mjs CONSOLE STATUS_PAGE
//
// Takes one step a line, as JSON: {"step": "sign_in", ...}; answers each with {"answer": ...} or {"failed": "why"}.

import { createInterface } from "node:readline";
import * as cases from "./cases.mjs";
import * as customer from "./customer.mjs";
import * as mail from "./mail.mjs";
import * as operator from "./operator.mjs";
import { Stage } from "./stage.mjs";

const [console_url, status_url] = process.argv.slice(2);
if (status_url === undefined) {
    process.stderr.write("usage: node walk/main.mjs CONSOLE STATUS_PAGE\n");
    process.exit(2);
}
const steps = { ...operator, ...cases, ...mail, ...customer };
const stage = await Stage.open(console_url, status_url);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
say({ answer: "ready" });
for await (const line of createInterface({ input: process.stdin })) {
    const { step, ...given } = JSON.parse(line);
    try {
        say({ answer: (await steps[step](stage, given)) ?? null });
    } catch (error) {
        say({ failed: `${step}: ${error.stack}` });
    }
}
await stage.close();
