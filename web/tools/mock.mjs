import { bundled } from "./bundled.mjs";

const [main] = await bundled(["mock/main.ts"]);
await import(main);
