find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME e2e/detect
         COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/detect_test.py $<TARGET_FILE:tidegate>)
set_tests_properties(e2e/detect PROPERTIES LABELS e2e TIMEOUT 300)
