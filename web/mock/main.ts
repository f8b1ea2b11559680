// scripts/web mock: to look at the console without a daemon. Name anna, ben or support.1; password "correct horse battery"; code 123456.

import { MockDaemon } from "./daemon";

const daemon = await MockDaemon.start("../docs", "dist", 4090);
process.stdout.write(`${daemon.url}\n`);
