#include "program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace tidegate::app {
namespace {

void redirect(const std::string& path, int flags, int descriptor) {
    const int opened = ::open(path.c_str(), flags, 0600);
    if (opened < 0 || ::dup2(opened, descriptor) < 0) ::_exit(126);
}

[[noreturn]] void become(std::vector<std::string>& arguments) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
}

}  // namespace

Folder::Folder() {
    std::string name = std::filesystem::temp_directory_path() / "tidegate-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
}

std::string slurp(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> Ran::lines() const {
    std::vector<std::string> lines;
    std::istringstream in(out);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::vector<boost::json::object> Ran::objects() const {
    std::vector<boost::json::object> objects;
    for (const std::string& line : lines()) objects.push_back(boost::json::parse(line).as_object());
    return objects;
}

Ran run_program(std::vector<std::string> arguments, std::string_view input, const std::string& out_path) {
    const Folder folder;
    const std::string in = folder.write("in", input);
    const std::string out = out_path.empty() ? folder.path("out") : out_path;
    const std::string err = folder.path("err");
    arguments.insert(arguments.begin(), TIDEGATE_PROGRAM);
    const pid_t child = ::fork();
    if (child == 0) {
        redirect(in, O_RDONLY, STDIN_FILENO);
        redirect(out, O_WRONLY | O_CREAT, STDOUT_FILENO);
        redirect(err, O_WRONLY | O_CREAT, STDERR_FILENO);
        ::setenv("TZ", "UTC", 1);
        become(arguments);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    Ran ran;
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    if (out_path.empty()) ran.out = slurp(out);
    ran.err = slurp(err);
    return ran;
}

}  // namespace tidegate::app
