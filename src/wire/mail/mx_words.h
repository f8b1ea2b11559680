#pragma once
// What we say on port 25 ourselves; everything else is a server's own reply. One table, so that it can be
// seen at once that trouble of our own is 421 or 451 and never 5xx: on 5xx the sender gives the mail back, on
// 4xx it keeps it and comes again (RFC 5321 4.2.1, 4.5.4.1).

#include <string_view>

namespace tidegate::wire {

struct MxWords {
    std::string_view code, text;  // enhanced codes as in RFC 3463 and its registry (RFC 5248)
};

namespace mx {

inline constexpr MxWords fine{"250 2.0.0", "OK"};
inline constexpr MxWords ready_for_tls{"220 2.0.0", "Ready to start TLS"};
inline constexpr MxWords help{"214 2.0.0", "EHLO HELO STARTTLS MAIL RCPT DATA RSET NOOP QUIT"};
// RFC 5321 7.3: who does not tell must not seem to have looked.
inline constexpr MxWords not_told{"252 2.0.0", "That is seen when mail for it comes"};
inline constexpr MxWords farewell{"221 2.0.0", "Bye"};

// The client's own faults.
inline constexpr MxWords line_too_long{"500 5.5.2", "Line too long"};
inline constexpr MxWords bad_line{"500 5.5.2", "Syntax error"};
inline constexpr MxWords bad_ends{"500 5.5.2", "Lines end with CR LF"};
inline constexpr MxWords unknown{"500 5.5.1", "Command unrecognized"};
inline constexpr MxWords not_here{"502 5.5.1", "Command not implemented"};
inline constexpr MxWords no_parameters{"501 5.5.4", "No parameters here"};
inline constexpr MxWords no_name{"501 5.5.4", "One name belongs here"};
inline constexpr MxWords no_from{"501 5.5.4", "MAIL FROM:<address> belongs here"};
inline constexpr MxWords no_to{"501 5.5.4", "RCPT TO:<address> belongs here"};
inline constexpr MxWords no_hello{"503 5.5.1", "EHLO comes first"};
inline constexpr MxWords mail_twice{"503 5.5.1", "There is a sender already"};
inline constexpr MxWords no_mail{"503 5.5.1", "MAIL comes first"};
inline constexpr MxWords no_recipients{"503 5.5.1", "No recipient was accepted"};
inline constexpr MxWords tls_already{"503 5.5.1", "TLS is already active"};
inline constexpr MxWords too_early{"554 5.5.0", "You spoke before it was your turn"};
inline constexpr MxWords bare_content{"550 5.6.0", "CR or LF stands alone in the message"};
inline constexpr MxWords foreign{"421 4.7.0", "This is a mail server"};
inline constexpr MxWords too_many_errors{"421 4.7.0", "Too many errors"};
inline constexpr MxWords too_many_commands{"421 4.7.0", "Too many commands"};
inline constexpr MxWords endless_line{"421 4.7.0", "Line too long"};
inline constexpr MxWords bare_hang_up{"421 4.6.0", "CR or LF stands alone in the message"};

// What was decided about the client, as Postfix's policy door says it (door/postfix_policy.h).
inline constexpr MxWords deferred{"450 4.7.1", "Please try again later"};
inline constexpr MxWords refused{"554 5.7.1", "Your mail is refused here"};
inline constexpr MxWords hung_up{"421 4.7.0", "Please try again later"};

// Of a recipient, by an operator's order: the sender keeps its mail and finds the right listener by the MX.
inline constexpr MxWords elsewhere{"450 4.3.2", "Mail for it is taken at another MX of it, please try again"};
inline constexpr MxWords reserved{"450 4.3.2", "Mail for it is not taken at this MX now, please try another"};

// Ours.
inline constexpr MxWords trouble{"451 4.3.0", "No server can take it now, please try again later"};
inline constexpr MxWords put_off{"451 4.3.0", "That mail was put off, please try again later"};
inline constexpr MxWords closing{"421 4.3.2", "Service not available, closing transmission channel"};
inline constexpr MxWords too_slow{"421 4.4.2", "Too slow"};  // RFC 5321 3.8: the client; no server is meant

}  // namespace mx
}  // namespace tidegate::wire
