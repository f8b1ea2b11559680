#include "event/text.h"

#include <array>
#include <charconv>

#include "event/json.h"

namespace tidegate {
namespace {

void append_number(std::uint64_t value, int base, std::string& out) {
    std::array<char, 24> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, base).ptr;
    out.append(buffer.data(), end);
}

void begin_field(std::string_view name, std::string& out) {
    out += ",\"";
    out += name;
    out += "\":";
}

void number_field(std::string_view name, std::uint64_t value, std::string& out) {
    begin_field(name, out);
    append_number(value, 10, out);
}

// For names and other texts of our own, which need no escaping.
void plain_field(std::string_view name, std::string_view value, std::string& out) {
    if (value.empty()) return;
    begin_field(name, out);
    out += '"';
    out += value;
    out += '"';
}

void time_field(std::string_view name, Time time, std::string& out) {
    std::array<char, 32> buffer;
    plain_field(name, {buffer.data(), write_rfc3339(time, buffer.data())}, out);
}

void address_field(Address address, std::string& out) {
    if (address.is_none()) return;
    std::array<char, 48> buffer;
    plain_field("address", {buffer.data(), address.write(buffer.data())}, out);
}

void bool_field(std::string_view name, bool value, std::string& out) {
    begin_field(name, out);
    out += value ? "true" : "false";
}

void what_happened(const Event& event, std::string& out) {
    time_field("time", event.time, out);
    plain_field("service", name(event.service), out);
    plain_field("event", name(event.kind), out);
    plain_field("outcome", name(event.outcome), out);
    plain_field("reason", name(event.reason), out);
    address_field(event.address, out);
    if (event.port != 0) number_field("port", event.port, out);
    append_json_field("account", event.account, out);
    append_json_field("method", event.method, out);
    append_json_field("session", event.session, out);
    append_json_field("host", event.host, out);
    if (event.tls) bool_field("tls", *event.tls, out);
}

void what_is_known_besides(const Event& event, std::string& out) {
    if (event.attempts != 1) number_field("attempts", event.attempts, out);
    if (event.guess) {
        begin_field("guess", out);
        out += '"';
        append_number(*event.guess, 16, out);
        out += '"';
    }
    append_json_field("client", event.client, out);
    if (event.as_number != 0) number_field("as", event.as_number, out);
    append_json_field("ehlo", event.ehlo, out);
    if (event.early) bool_field("early", true, out);
}

void where_it_came_through(const Event& event, std::string& out) {
    if (event.id_boot != 0 || event.id_sequence != 0) {
        begin_field("id", out);
        out += '"';
        append_number(event.id_boot, 16, out);
        out += '-';
        append_number(event.id_sequence, 16, out);
        out += '"';
    }
    if (event.received != Time{}) time_field("received", event.received, out);
    append_json_field("listener", event.listener, out);
    append_json_field("tenant", event.tenant, out);
    append_json_field("node", event.node, out);
    if (event.measure) plain_field("measure", name(*event.measure), out);
    append_json_field("program", event.program, out);
    plain_field("layer", name(event.layer), out);
    if (event.rank != 0) number_field("rank", event.rank, out);
}

}  // namespace

void append_text(const Event& event, std::string& out) {
    const std::size_t start = out.size();
    append_json_field("file", event.file, out);
    if (event.line != 0) number_field("line", event.line, out);
    what_happened(event, out);
    what_is_known_besides(event, out);
    where_it_came_through(event, out);
    out[start] = '{';  // every field begins with a comma, and `time` is always there
    out += '}';
}

}  // namespace tidegate
