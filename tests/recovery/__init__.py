"""What happens to a build that is killed, starved of disk, denied or spoiled: the last good reports stay, and the next build mends all."""
