-- error: outside the lab's folder
hookwalk.lab():host("a", { dir = "../../../scenarios/first" })
