// tidegate top: what goes on, as a screen that one leaves open.
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "app/commands.h"
#include "app/output.h"
#include "app/serve/operator.h"
#include "app/serve/scene.h"
#include "app/terminal.h"

namespace tidegate::app {
namespace {

struct Options {
    Operator who;
    bool once = false, as_json = false;
};

ScreenSize size_of(int descriptor) {
    const auto shown = text_options(descriptor);
    ScreenSize size{.columns = shown.width, .rows = 24, .utf8 = shown.utf8, .colour = shown.colour};
    winsize window{};
    if (::ioctl(descriptor, TIOCGWINSZ, &window) == 0 && window.ws_row > 1) {
        size.rows = window.ws_row - 1U;
        size.columns = window.ws_col;
    }
    return size;
}

/// The terminal in a state of our own, put back whatever happens: another screen, no cursor, keys without
/// enter.
class Stage {
public:
    Stage() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        ours_ = true;
        termios raw = before_;
        raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
        write("\x1b[?1049h\x1b[?25l");
    }
    ~Stage() {
        if (!ours_) return;
        write("\x1b[?25h\x1b[?1049l");
        ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    void show(const std::string& screen) { write("\x1b[H\x1b[2J" + screen); }
    /// Waits a second; false once somebody pressed q or Ctrl-C, or the terminal is gone.
    [[nodiscard]] static bool goes_on() {
        constexpr int second = 1000;
        pollfd key{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        const int ready = ::poll(&key, 1, second);
        if (ready < 0) return false;
        if (ready == 0) return true;
        char pressed = 0;
        return ::read(STDIN_FILENO, &pressed, 1) == 1 && pressed != 'q' && pressed != 'Q';
    }

private:
    static void write(std::string_view text) {
        Output out(STDOUT_FILENO);
        out.write(text);
        static_cast<void>(out.flush());
    }

    termios before_{};
    bool ours_ = false;
};

int once(const Options& options) {
    const auto scene = options.who.ask("GET", "/v1/scene");
    if (!scene) {
        say(scene.error());
        return bad_input;
    }
    Output out(STDOUT_FILENO);
    ScreenSize size = size_of(STDOUT_FILENO);
    constexpr unsigned all = 1000;
    size.rows = all;
    out.write(options.as_json ? *scene : top_screen(*scene, size));
    return out.flush() ? all_well : bad_input;
}

int top(const Options& options) {
    const bool live = ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDIN_FILENO) == 1;
    if (options.once || options.as_json || !live) return once(options);
    // Before the screen is taken: what is wrong is said where it stays.
    if (const auto first = options.who.ask("GET", "/v1/scene"); !first) {
        say(first.error());
        return bad_input;
    }
    Stage stage;
    do {
        const auto scene = options.who.ask("GET", "/v1/scene");
        stage.show(scene ? top_screen(*scene, size_of(STDOUT_FILENO))
                         : "The daemon does not answer: " + scene.error().text() + "\n");
    } while (Stage::goes_on());
    return all_well;
}

}  // namespace

void add_top(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* command = program.add_subcommand("top", "What goes on right now; q ends it");
    options->who.add_options(*command, false);
    command->add_flag("--once", options->once, "One screen, and no more");
    command->add_flag("--json", options->as_json, "What the daemon tells, as it is");
    command->callback([options, &status] { status = top(*options); });
}

}  // namespace tidegate::app
