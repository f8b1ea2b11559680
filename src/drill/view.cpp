#include "drill/view.h"

namespace tidegate::drill {

View::View(const World& world, Sensor sensor, std::uint64_t seed)
    : world_(world), sensor_(sensor), guess_key_(draw(seed, 11)), tag_key_(draw(seed, 12)) {}

Event View::of(const Move& move) const {
    const Program& program = world_.texts.program(move.program);
    Event event;
    event.time = world_.scenario.start + Duration(move.at);
    event.address = move.place.address;
    event.service = move.service;
    event.outcome = move.right ? Outcome::success : Outcome::failure;
    if (!move.right)
        event.reason = !world_.scenario.auth_verbose      ? Reason::other
                       : move.account_index == no_account ? Reason::unknown_account
                                                          : Reason::bad_password;
    event.account = move.account;
    event.method = program.method;
    event.as_number = world_.networks.shown_number(move.place);
    event.lists = move.lists;
    const bool smtp_log = sensor_ == Sensor::logs && move.service == Service::submission;
    if (!smtp_log) event.tls = program.tls;
    if (sensor_ != Sensor::logs) show_password(move, event);
    if (sensor_ != Sensor::edge) return event;
    event.client = program.fingerprint;
    if (move.service == Service::submission) event.ehlo = world_.texts.ehlo(move.program, move.who);
    return event;
}

void View::show_password(const Move& move, Event& event) const {
    event.guess = mix(move.password ^ guess_key_) & 0xffff;
    if (!world_.scenario.tag) return;
    const std::uint64_t account =
        move.account_index == no_account ? hash_bytes(move.account, tag_key_) : move.account_index;
    event.tag = static_cast<std::uint8_t>(draw(tag_key_, account, move.password) >> 56);
}

}  // namespace tidegate::drill
