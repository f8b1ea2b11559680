find_package(Python3 REQUIRED COMPONENTS Interpreter)
# JOURNAL_KILLS=100 in the environment for the long form.
add_test(NAME e2e/journal COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/journal_test.py $<TARGET_FILE:tidegate>)
set_tests_properties(e2e/journal PROPERTIES LABELS e2e TIMEOUT 1500 SKIP_RETURN_CODE 77 RUN_SERIAL ON)
