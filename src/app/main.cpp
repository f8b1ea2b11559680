#include <exception>
#include <iostream>

#include "app/commands.h"

int main(int argc, char** argv) {
    try {
        return tidegate::app::run(argc, argv);
    } catch (const std::exception& error) {  // out of memory, or no locale: nothing that can be gone on with
        std::cerr << "tidegate: " << error.what() << '\n';
        return tidegate::app::bad_input;
    }
}
