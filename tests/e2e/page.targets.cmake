find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_program(TIDEGATE_CHROMIUM NAMES chromium chromium-browser google-chrome)
if(TIDEGATE_CHROMIUM)
  add_test(NAME e2e/page
           COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/page_test.py $<TARGET_FILE:tidegate>
                   ${TIDEGATE_CHROMIUM} ${CMAKE_CURRENT_BINARY_DIR}/page)
  set_tests_properties(e2e/page PROPERTIES LABELS e2e TIMEOUT 300)
else()
  message(STATUS "No Chromium: the page is not looked at by a browser (e2e/page left out)")
endif()
