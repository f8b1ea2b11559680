// The stream of what goes on. It is opened again for ever; how it stands is itself shown, so that nobody reads old figures as new.

import { session } from "../state/session";
import { Store } from "../state/store";
import { call, refusedOf } from "./call";
import type { IncidentHead } from "./incident";
import type { Scene, Session, Told } from "./types";

export interface Standing {
    state: "connecting" | "live" | "stale";
    /** of the last thing that was heard; null: nothing yet */
    heard: number | null;
    why: string;
}

export const standing = new Store<Standing>({ state: "connecting", heard: null, why: "" });
export const scene = new Store<Scene | null>(null);
/** the latest first */
export const told = new Store<readonly Told[]>([]);
export const incidentHeads = new Store<ReadonlyMap<string, IncidentHead>>(new Map());

const toldKept = 200;
/** The scene comes each second. */
const silenceMs = 5_000;
const firstPauseMs = 1_000;
const longestPauseMs = 15_000;

class LiveStream {
    private source: EventSource | null = null;
    private pause = firstPauseMs;
    private again: number | undefined;
    private watch: number | undefined;

    open(): void {
        this.close();
        this.watch = window.setInterval(() => this.lookAtTheClock(), 1_000);
        this.connect();
    }

    close(): void {
        this.source?.close();
        this.source = null;
        window.clearTimeout(this.again);
        window.clearInterval(this.watch);
    }

    private connect(): void {
        const source = new EventSource("/api/v1/live");
        this.source = source;
        // Incidents that are not told again were closed meanwhile.
        source.addEventListener("open", () => incidentHeads.set(new Map()));
        source.addEventListener("scene", (event) => this.take(event, (value: Scene) => scene.set(value)));
        source.addEventListener("told", (event) => this.take(event, (value: Told) => told.set([value, ...told.get()].slice(0, toldKept))));
        source.addEventListener("incident", (event) =>
            this.take(event, (head: IncidentHead) => incidentHeads.set(new Map(incidentHeads.get()).set(head.id, head))),
        );
        source.addEventListener("error", () => void this.lost());
    }

    private take<T>(event: MessageEvent<unknown>, use: (value: T) => void): void {
        if (typeof event.data !== "string") return;
        use(JSON.parse(event.data) as T);
        this.pause = firstPauseMs;
        standing.set({ state: "live", heard: Date.now(), why: "" });
    }

    private stale(why: string): void {
        const before = standing.get();
        if (before.state !== "stale" || before.why !== why) standing.set({ state: "stale", heard: before.heard, why });
    }

    private lookAtTheClock(): void {
        const { state, heard } = standing.get();
        if (state === "live" && heard !== null && Date.now() - heard > silenceMs) this.stale("The daemon has fallen silent.");
    }

    // An EventSource does not say why it ended, and gives up where the answer was not a stream: so we ask, and open another.
    private async lost(): Promise<void> {
        this.source?.close();
        this.source = null;
        window.clearTimeout(this.again);
        this.stale("The connection is lost; it is tried again.");
        const pause = this.pause;
        this.pause = Math.min(this.pause * 2, longestPauseMs);
        try {
            await call<Session>("session");
        } catch (trouble) {
            this.stale(refusedOf(trouble).error);
        }
        if (session.get().state === "in") this.again = window.setTimeout(() => this.connect(), pause);
    }
}

const stream = new LiveStream();

/** Follows the session: open while somebody is signed in. */
export function startLive(): void {
    const follow = (state: string) => {
        if (state === "in") {
            stream.open();
            return;
        }
        stream.close();
        scene.set(null);
        told.set([]);
        incidentHeads.set(new Map());
        standing.set({ state: "connecting", heard: null, why: "" });
    };
    let before = "";
    session.watch((now) => {
        if (now.state !== before) follow(now.state);
        before = now.state;
    });
}
