#include "warden.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc >= 5 && strcmp(argv[1], "serve") == 0)
        return serve(argc - 2, argv + 2);
    if (argc == 3 && strcmp(argv[1], "init") == 0)
        return keep(argc - 2, argv + 2);
    fputs("warden: started by aurelian, not by hand\n", stderr);
    return 2;
}
