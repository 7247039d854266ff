-- error: outside the lab's folder
hookwalk.lab { dir = "outside" }
