// The page of a cluster. The address that the cluster printed has the token behind its #, which no browser sends to a server
// and no other site sees.
const lab = document.createElement("quorum-lab");
lab.setAttribute("loading", "eager");
lab.setAttribute("panels", "stage log spacetime inspector events");
lab.setAttribute("cluster", `${location.origin}/${location.hash}`);
document.body.append(lab);
