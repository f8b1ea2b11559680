// Texts that clients wrote are shown as they are, but for what would deceive the eye: control characters appear as \x1b, and
// invisible or direction-turning ones as U+FFFD, as in the report and in the record of an incident.

const controls = /\p{Cc}/gu;
const deceiving = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Zl}\p{Zp}]/gu;

function asEscape(control: string): string {
    return `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

export function clean(text: string): string {
    return text.toWellFormed().replace(controls, asEscape).replace(deceiving, "\ufffd");
}

/** Of people who sign in: their lines stay lines. */
export function cleanLines(text: string): string {
    return text.split(/\r?\n/).map(clean).join("\n");
}

/** Into a field where a text is written on: tabs stay too, and it can be written back. */
export function cleanToEdit(text: string): string {
    return text
        .split(/\r?\n/)
        .map((line) => line.split("\t").map(clean).join("\t"))
        .join("\n");
}
