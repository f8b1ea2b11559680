find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_program(TIDEGATE_CHROMIUM NAMES chromium chromium-browser google-chrome)
add_executable(status_server ${CMAKE_CURRENT_LIST_DIR}/status_server.cpp)
target_link_libraries(status_server PRIVATE tidegate_tell)
add_test(NAME e2e/status COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/status_test.py $<TARGET_FILE:status_server>)
set_tests_properties(e2e/status PROPERTIES LABELS e2e TIMEOUT 300)
if(TIDEGATE_CHROMIUM)
  add_test(NAME e2e/status_page
           COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/status_page_test.py $<TARGET_FILE:status_server>
                   ${TIDEGATE_CHROMIUM} ${CMAKE_CURRENT_BINARY_DIR}/status_page)
  set_tests_properties(e2e/status_page PROPERTIES LABELS e2e TIMEOUT 300)
endif()
