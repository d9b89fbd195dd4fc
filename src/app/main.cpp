#include "app/program.h"

int main(int argc, char** argv) {
    return flowsift::app::run_program(argc, argv);
}
