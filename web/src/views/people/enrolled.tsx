// A secret that is shown once.

import type { Enrolled } from "../../api/types";
import { Dialog } from "../../parts/dialog";
import { Said } from "../../parts/words";

function secretOf(otpauth: string): string {
    try {
        return new URL(otpauth).searchParams.get("secret") ?? "";
    } catch {
        return "";
    }
}

/** In fours, as authenticators want it typed. */
function inFours(secret: string): string {
    return secret.replace(/(.{4})(?=.)/g, "$1 ");
}

export function EnrolledOnce({ enrolled, onClose }: { enrolled: Enrolled; onClose: () => void }) {
    return (
        <Dialog title={`The secret for ${enrolled.name}'s codes`} onClose={onClose}>
            <p>It is shown this once. Whoever has it can make the codes: hand it over in person, or by a way you trust.</p>
            <p class="secret">{inFours(secretOf(enrolled.otpauth))}</p>
            <p>Or as a whole, for authenticators that take it:</p>
            <p class="secret">
                <Said text={enrolled.otpauth} />
            </p>
            <button type="button" class="first" onClick={onClose}>
                It is kept
            </button>
        </Dialog>
    );
}
