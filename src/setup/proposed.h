#pragma once
// The parts of a proposal, one for each mail server. For setup/proposal.cpp and the tests alone.

#include <span>
#include <string>
#include <string_view>

#include "setup/proposal.h"

namespace tidegate::setup {

/// The fields of a policy request that we use: those that every Dovecot sends by itself, and those that must
/// be asked for, with what is lost without.
struct WantedAttribute {
    std::string_view name;
    std::string_view before_2_4;  // expression
    std::string_view since_2_4;   // empty: there is none, or it is not wanted
    std::string_view loss;
};
[[nodiscard]] std::span<const WantedAttribute> wanted_attributes();
/// That which tells a question after the look-up from one before, if passdbs mark a success (docs/doors.md).
inline constexpr std::string_view after_attribute = "attrs/after";

/// The URL of Dovecot's `auth_policy_server_url` for a door; empty where Dovecot cannot reach it.
[[nodiscard]] std::string policy_url(const OurDoor& door);
/// Postfix's and Exim's name of a door: "inet:127.0.0.1:4081", "unix:/path".
[[nodiscard]] std::string socket_name(const OurDoor& door);
/// nginx's: "127.0.0.1:4082/", "unix:/path:/".
[[nodiscard]] std::string auth_http_place(const OurDoor& door);

/// Whether a list refuses whoever has not logged in: it would refuse everybody if it were asked at CONNECT.
[[nodiscard]] bool demands_log_in(const std::vector<std::string>& restrictions);
[[nodiscard]] bool is_mail_exchange(const PostfixService& service);

/// `took`: it asks us already, as we want it.
void propose_dovecot(const Dovecot& dovecot, const OurDoor& door, const std::string& nonce, bool took,
                     Proposal& to);
void propose_postfix(const Postfix& postfix, const OurDoor& door, Proposal& to);
void propose_nginx(const Nginx& nginx, const OurDoor& door, Proposal& to);
void propose_exim(const Exim& exim, const OurDoor& door, Proposal& to);

/// A TOML basic string (toml.io, v1.0).
[[nodiscard]] std::string in_quotes(std::string_view text);
/// The [[queue]] of our configuration.
[[nodiscard]] std::string queues_text(const Survey& survey);
/// What the daemon needs to read them; and that `there`, if anything is, has none.
void propose_queues(const Survey& survey, const Ours* there, Proposal& to);

/// Our configuration, with `doors` in it.
[[nodiscard]] std::string configuration_text(const Survey& survey, const Ours& ours, const Places& places);

}  // namespace tidegate::setup
